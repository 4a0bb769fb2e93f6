import fastify from 'fastify';
import { onlyWithServiceToken, SERVICE_TOKEN_HEADER } from './service-token';

it('admits whoever shows the token, and anybody to health and metrics', async () => {
  const server = fastify();
  server.addHook('onRequest', onlyWithServiceToken('the-token-of-services'));
  server.setErrorHandler((error, _request, reply) => reply.code(401).send({ code: (error as { code?: string }).code }));
  for (const path of ['/v1/orders', '/health/ready', '/health/live', '/metrics', '/health/other']) server.get(path, () => 'in');
  const statusOf = async (url: string, headers: Record<string, string> = {}) => (await server.inject({ url, headers })).statusCode;
  expect(await statusOf('/v1/orders')).toBe(401);
  expect(await statusOf('/v1/orders?/health/live')).toBe(401);
  expect(await statusOf('/nowhere')).toBe(401);
  expect(await statusOf('/health/other')).toBe(401);
  expect(await statusOf('/v1/orders', { [SERVICE_TOKEN_HEADER]: 'the-token-of-service' })).toBe(401);
  expect(await statusOf('/v1/orders', { [SERVICE_TOKEN_HEADER]: 'the-token-of-services' })).toBe(200);
  for (const open of ['/health/ready', '/health/live?x=1', '/metrics']) expect(await statusOf(open)).toBe(200);
  await server.close();
});
