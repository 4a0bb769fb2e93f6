import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { StoreUnavailable } from '@tillroll/event-store';
import { DomainError, uuid5, uuid7 } from '@tillroll/kernel';
import type { Cause } from '@tillroll/processing';
import { openEmbeddedSecretStore } from '@tillroll/secrets';
import type { FastifyReply } from 'fastify';
import { Anyone } from '../callers/caller';
import { openOwnTokens } from '../callers/own-tokens';
import { RequestCause } from '../causes/request-cause';
import { Optional, Text } from '../fields/fields';
import { EdgeApp } from '../testing/edge-app';
import { EmbeddedIdempotencyRecords } from './embedded-idempotency-records';
import { IdempotencyKeyRequired } from './idempotency-key';

class ThingDto {
  @Text({ max: 20 })
  name: string = '';

  @Optional()
  @Text({ max: 20 })
  street?: string;
}

const causes: Cause[] = [];
let outcome: () => unknown = () => ({ n: causes.length });

@Controller('things')
class ThingsController {
  @Post()
  @IdempotencyKeyRequired()
  create(@Body() { name, street }: ThingDto, @RequestCause() cause: Cause, @Res({ passthrough: true }) reply: FastifyReply) {
    causes.push(cause);
    reply.header('location', `/v1/things/${causes.length}`).header('x-other', 'x');
    return Promise.resolve(outcome()).then((result) => ({ ...(result as object), name, street }));
  }

  @Post(':id/touch')
  @HttpCode(204)
  touch(@Param('id') _id: string, @RequestCause() cause: Cause) {
    causes.push(cause);
  }

  @Post('open')
  @Anyone()
  open(@RequestCause() cause: Cause) {
    causes.push(cause);
    return { n: causes.length };
  }

  @Get()
  read() {
    return {};
  }
}

describe('Idempotency-Key', () => {
  let edge: EdgeApp;
  let token: string;
  const customerId = uuid7(Date.UTC(2030, 0, 1));
  beforeEach(async () => {
    causes.length = 0;
    outcome = () => ({ n: causes.length });
    edge = await EdgeApp.start({ controllers: [ThingsController] });
    token = await edge.token([], customerId);
  });
  afterEach(() => edge.close());

  const post = (key: string | undefined, body: unknown = { name: 'tea' }, { path = '/v1/things', by = token } = {}) =>
    edge.call('POST', path, { token: by, body, headers: key === undefined ? {} : { 'idempotency-key': key } });
  const restart = async () => {
    const { directory, clock } = edge;
    await edge.stop();
    edge = await EdgeApp.start({ controllers: [ThingsController], directory, clock });
  };

  it('is required where the table says so, before the body is looked at', async () => {
    expect(await post(undefined)).toMatchObject({ status: 400, json: { code: 'idempotency_key_required' } });
    expect(await post(undefined, '{')).toMatchObject({ json: { code: 'idempotency_key_required' } });
    expect(causes).toEqual([]);
  });

  it.each(['é', 'a'.repeat(256), 'a\tb'])('has 1 to 255 printable ASCII characters: %.10s', async (key) =>
    expect(await post(key)).toMatchObject({ status: 400, json: { code: 'validation_failed', errors: [{ parameter: 'Idempotency-Key' }] } }),
  );

  it('gives the same answer again, and does not run twice', async () => {
    const first = await post('k 1');
    const again = await post('k 1', '{ "name" : "tea" }');
    expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([201, null]);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(again.text).toBe(first.text);
    for (const header of ['content-type', 'location']) expect(again.headers.get(header)).toBe(first.headers.get(header));
    expect(again.headers.get('consistency-token')).toMatch(/./);
    expect(again.headers.get('x-other')).toBeNull();
    expect(causes).toHaveLength(1);
  });

  it('gives it again after a restart', async () => {
    const first = await post('k');
    const { directory, clock } = edge;
    await edge.engine.write(() => undefined);
    await edge.stop();
    edge = await EdgeApp.start({ controllers: [ThingsController], directory, clock });
    const again = await post('k');
    expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([first.status, first.text, 'true']);
    expect(causes).toHaveLength(1);
  });

  it('answers without a body are kept as well', async () => {
    for (const replayed of [null, 'true']) {
      const { status, text, headers } = await post('k', {}, { path: '/v1/things/1/touch' });
      expect([status, text, headers.get('idempotent-replayed')]).toEqual([204, '', replayed]);
    }
  });

  it('with another body is refused', async () => {
    await post('k');
    expect(await post('k', { name: 'pot' })).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused' } });
    await restart();
    expect(await post('k', { name: 'pot' })).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused' } });
    expect(causes).toHaveLength(1);
  });

  it('is the caller\'s own, and that of the method and path', async () => {
    const other = await edge.token();
    const answers = [await post('k'), await post('k', undefined, { by: other }), await post('k', {}, { path: '/v1/things/1/touch' }), await post('k', {}, { path: '/v1/things/2/touch' })];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 204, 204]);
    expect(new Set(causes.map(({ commandId }) => commandId)).size).toBe(4);
  });

  it('while the first runs there is no second', async () => {
    const gate = Promise.withResolvers<object>();
    outcome = () => gate.promise;
    const first = post('k');
    while (causes.length === 0) await new Promise(setImmediate);
    const meanwhile = await post('k');
    expect(meanwhile).toMatchObject({ status: 409, json: { code: 'idempotency_in_flight' } });
    expect(await post('k', { name: 'pot' })).toMatchObject({ status: 422 });
    gate.resolve({ n: 1 });
    expect((await first).status).toBe(201);
    expect((await post('k')).headers.get('idempotent-replayed')).toBe('true');
    expect(causes).toHaveLength(1);
  });

  it('fifty at once have one effect', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => post('k')));
    expect(causes).toHaveLength(1);
    const kinds = new Set(answers.map(({ status, headers }) => `${status} ${headers.get('idempotent-replayed')}`));
    expect([...kinds].filter((kind) => !['201 null', '201 true', '409 null'].includes(kind))).toEqual([]);
    expect(answers.filter(({ status, headers }) => status === 201 && headers.get('idempotent-replayed') === null)).toHaveLength(1);
  });

  it('a refusal that cannot be kept is not given: a repetition might not be refused', async () => {
    outcome = () => {
      throw new DomainError('insufficient_stock', { shortages: [] });
    };
    const write = jest.spyOn(edge.engine, 'write').mockRejectedValue(new StoreUnavailable('the disk is full'));
    const unkept = await post('k');
    write.mockRestore();
    expect([unkept.status, JSON.parse(unkept.text).code, unkept.headers.get('retry-after')]).toEqual([503, 'service_unavailable', expect.stringMatching(/^\d+$/)]);
    outcome = () => ({ n: causes.length });
    expect((await post('k')).status).toBe(201);
  });

  it('keeps refusals too', async () => {
    outcome = () => {
      throw new DomainError('insufficient_stock', { shortages: [{ productId: 'tea', requested: 2, available: causes.length }] });
    };
    const first = await post('k');
    await restart();
    const again = await post('k');
    expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([409, 409, 'true']);
    expect(again.text).toBe(first.text);
    expect(again.headers.get('content-type')).toContain('problem+json');
  });

  it.each([
    ['validation_failed', 400],
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['cart_locked', 409],
    ['idempotency_in_flight', 409],
    ['rate_limited', 429],
  ])('does not keep %s, and may then be used with any body', async (code, status) => {
    outcome = () => {
      throw new DomainError(code, { errors: [], retryAfterMs: 100 });
    };
    expect((await post('k')).status).toBe(status);
    outcome = () => ({ n: 2 });
    const again = await post('k', { name: 'pot' });
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, null]);
  });

  it.each([['gateway_unavailable', 503], ['internal', 500]])('does not keep a failure (%s), and gives the same command again for the same body', async (code, status) => {
    outcome = () => {
      throw code === 'internal' ? new Error('broken') : new DomainError(code);
    };
    expect((await post('k')).status).toBe(status);
    expect((await post('k', { name: 'pot' })).status).toBe(422);
    outcome = () => ({ n: 2 });
    expect((await post('k')).status).toBe(201);
    expect(causes[0]?.commandId).toBe(causes[1]?.commandId);
  });

  it('does not keep what was refused before the command', async () => {
    expect((await post('k', { wrong: 1 })).status).toBe(400);
    expect((await post('k')).status).toBe(201);
    expect((await post('k', { wrong: 1 })).status).toBe(400);
  });

  it('a crash before the answer was kept gives the same command again', async () => {
    const gate = Promise.withResolvers<object>();
    outcome = () => gate.promise;
    const lost = post('k').catch(() => undefined);
    while (causes.length === 0) await new Promise(setImmediate);
    await edge.engine.write(() => undefined);
    // What a process finds that starts now: the file as it is, and nothing of this one's memory.
    const { engine, personalData, clock } = edge;
    const parts = { idempotency: new EmbeddedIdempotencyRecords(engine, personalData, clock), verifier: await openOwnTokens(openEmbeddedSecretStore(engine), clock) };
    const copy = await EdgeApp.start({ controllers: [ThingsController], clock, parts });
    outcome = () => ({ n: 2 });
    const again = await copy.call('POST', '/v1/things', { token, body: { name: 'tea' }, headers: { 'idempotency-key': 'k' } });
    const other = await copy.call('POST', '/v1/things', { token, body: { name: 'pot' }, headers: { 'idempotency-key': 'k' } });
    expect([again.status, other.status]).toEqual([201, 422]);
    expect(causes[0]?.commandId).toBe(causes[1]?.commandId);
    await copy.close();
    gate.resolve({});
    await lost;
  });

  it('lasts seven days', async () => {
    await post('k');
    await edge.engine.write(() => undefined);
    await edge.clock.advance(7 * 24 * 3_600_000 - 1000);
    token = await edge.token([], customerId);
    expect((await post('k')).headers.get('idempotent-replayed')).toBe('true');
    await edge.clock.advance(2000);
    expect((await post('k', { name: 'pot' })).headers.get('idempotent-replayed')).toBeNull();
  });

  it('is forgotten in small steps', async () => {
    const insert = edge.engine.prepare('INSERT INTO idempotency (id, fingerprint, begun_at, answer) VALUES (?, ?, ?, NULL)');
    await edge.engine.write(() => {
      for (let n = 0; n < 1234; n++) insert.run(`old ${n}`, 'x', edge.clock.now() - 8 * 24 * 3_600_000);
      insert.run('young', 'x', edge.clock.now());
    });
    expect(await edge.idempotency.purge()).toBe(1234);
    expect(edge.engine.prepare('SELECT id FROM idempotency').all()).toEqual([{ id: 'young' }]);
  });

  it('leaves no personal data in the clear, and none once the customer is forgotten', async () => {
    await post('k', { name: 'tea', street: 'Elm Street 13' });
    await edge.engine.write(() => undefined);
    const rows = JSON.stringify(edge.engine.prepare('SELECT * FROM idempotency').all());
    expect(rows).toContain('pd1.');
    expect(rows).not.toContain('Elm');
    await edge.personalData.forget(customerId);
    const again = await post('k', { name: 'tea', street: 'Elm Street 13' });
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, null]);
  });

  it('makes the command id; without one each request has its own', async () => {
    await post('key-1');
    expect(causes[0]).toMatchObject({ commandId: uuid5('key', customerId, 'POST', '/v1/things', 'key-1'), keyed: true, actor: `customer:${customerId}` });
    await post(undefined, {}, { path: '/v1/things/1/touch' });
    await post(undefined, {}, { path: '/v1/things/1/touch' });
    expect(causes[1]?.commandId).not.toBe(causes[2]?.commandId);
    expect(causes[1]?.keyed).toBeUndefined();
  });

  it('is not honoured for strangers', async () => {
    for (const n of [1, 2]) expect((await edge.call('POST', '/v1/things/open', { headers: { 'idempotency-key': 'k' } })).json).toEqual({ n });
    expect(causes[0]).toMatchObject({ actor: 'anyone' });
  });
});
