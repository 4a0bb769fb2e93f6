import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics';

/** `GET /metrics` for Prometheus. */
export function metricsRoute(server: FastifyInstance, metrics: Metrics): void {
  server.get('/metrics', async (_request, reply) => {
    const text = await metrics.text();
    return reply.header('content-type', metrics.registry.contentType).header('cache-control', 'no-store').send(text);
  });
}
