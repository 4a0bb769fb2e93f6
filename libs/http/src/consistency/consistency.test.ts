import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { DomainError } from '@tillroll/kernel';
import { EdgeApp } from '../testing/edge-app';
import { Followed } from './followed';
import { Immediate, ReadOnly } from './immediate';
import { Anyone } from '../callers/caller';

let atWrite: () => void = () => undefined;

@Controller('things')
@Anyone()
class ThingsController {
  @Post()
  @HttpCode(200)
  write() {
    atWrite();
    return { done: true };
  }

  @Post('followed')
  @Followed()
  followed() {
    atWrite();
    return { done: true };
  }

  @Post('refused')
  refused() {
    atWrite();
    throw new DomainError('cart_empty');
  }

  @Get()
  read() {
    return { done: true };
  }

  @Post('check')
  @HttpCode(200)
  @ReadOnly()
  check() {
    return { done: true };
  }

  @Get('now')
  @Immediate()
  now() {
    return { done: true };
  }
}

describe('consistency tokens', () => {
  let edge: EdgeApp;
  beforeEach(async () => {
    edge = await EdgeApp.start({ controllers: [ThingsController] });
    atWrite = () => void edge.gate.position++;
  });
  afterEach(() => edge.close());

  const write = async (path = '/v1/things') => (await edge.call('POST', path)).headers.get('consistency-token') ?? '';
  const read = (token: string, path = '/v1/things') => edge.call('GET', path, { headers: { 'consistency-token': token } });

  it('come with every write, also a refused one, and with no read', async () => {
    const [first, second] = [await write(), await write('/v1/things/refused')];
    expect(first).toMatch(/^[\w-]+$/);
    expect(second).toMatch(/^[\w-]+$/);
    expect(second).not.toBe(first);
    expect((await edge.call('GET', '/v1/things')).headers.get('consistency-token')).toBeNull();
  });

  it('make a read wait for the write', async () => {
    const token = await write();
    expect(await read(token)).toMatchObject({ status: 503, json: { code: 'not_caught_up' } });
    expect((await read(token)).headers.get('retry-after')).toBe('1');
    expect(edge.gate.waits.at(-1)).toEqual({ position: 2, timeoutMs: 2000 });
    edge.gate.projected = 2;
    expect((await read(token)).status).toBe(200);
  });

  it('are not needed: a read waits a moment for what was written before it came', async () => {
    await write();
    expect((await edge.call('GET', '/v1/things')).status).toBe(200);
    expect(edge.gate.waits).toEqual([{ position: 2, timeoutMs: 250 }]);
  });

  it('make a POST wait that only reads', async () => {
    const token = await write();
    const check = () => edge.call('POST', '/v1/things/check', { headers: { 'consistency-token': token } });
    expect((await check()).status).toBe(503);
    edge.gate.projected = 2;
    const { status, headers } = await check();
    expect([status, headers.get('consistency-token')]).toEqual([200, null]);
  });

  it('come once the read models have followed, where much depends on the write', async () => {
    await write();
    expect(edge.gate.waits).toEqual([]);
    await write('/v1/things/followed');
    expect(edge.gate.waits).toEqual([{ position: 3, timeoutMs: 250 }]);
  });

  it('mean nothing to reads that are never behind', async () => {
    const token = await write();
    expect((await read(token, '/v1/things/now')).status).toBe(200);
    expect(edge.gate.waits).toEqual([]);
  });

  it('of no shop, or of another one, are a fault of the request', async () => {
    const other = await EdgeApp.start({ controllers: [ThingsController] });
    const foreign = (await other.call('POST', '/v1/things')).headers.get('consistency-token') ?? '';
    await other.close();
    const own = await write();
    edge.gate.projected = 1000;
    const changed = [...own].map((letter, i) => own.slice(0, i) + (letter === 'A' ? 'B' : 'A') + own.slice(i + 1));
    for (const token of [foreign, 'x', '1', own.slice(1), `${own}A`, ...changed]) {
      const { status, json } = await read(token);
      expect({ status, json }).toMatchObject({ status: 400, json: { code: 'validation_failed', errors: [{ parameter: 'Consistency-Token' }] } });
      expect((await read(token, '/v1/things/now')).status).toBe(400);
    }
    expect((await read(own)).status).toBe(200);
  });

  it('are still good after a restart, for any position', async () => {
    for (const position of [0, 1, 255, 2 ** 24, 2 ** 40 + 7, 2 ** 53 - 1]) {
      edge.gate.position = position - 1;
      const token = await write();
      const { directory, clock } = edge;
      await edge.stop();
      edge = await EdgeApp.start({ controllers: [ThingsController], directory, clock });
      edge.gate.projected = position;
      expect((await read(token)).status).toBe(200);
      expect(edge.gate.waits).toEqual([{ position, timeoutMs: 2000 }]);
    }
  });
});
