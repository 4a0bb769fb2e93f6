import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Anyone } from '../callers/caller';
import { Text } from '../fields/fields';
import { EdgeApp } from '../testing/edge-app';
import { SignIn, Unlimited, Webhook } from './limit-marks';

class SessionDto {
  @Text({ max: 254 })
  email: string = '';
}

@Controller()
class LimitedController {
  @Get('things')
  @Anyone()
  read() {
    return { done: true };
  }

  @Post('things')
  @HttpCode(200)
  write() {
    return { done: true };
  }

  @Post('sessions')
  @HttpCode(200)
  @SignIn()
  signIn(@Body() _body: SessionDto) {
    return { done: true };
  }

  @Post('accounts')
  @HttpCode(200)
  @SignIn()
  open(@Body() _body: SessionDto) {
    return { done: true };
  }

  @Post('webhooks')
  @HttpCode(200)
  @Webhook()
  webhook() {
    return { done: true };
  }

  @Get('free')
  @Anyone()
  @Unlimited()
  free() {
    return { done: true };
  }
}

describe('rate limits', () => {
  let edge: EdgeApp;
  beforeEach(async () => {
    edge = await EdgeApp.start({ controllers: [LimitedController], parts: { settings: { rateLimit: { writes: 2, reads: 3, signIns: 2 } } }, trustProxy: 1 });
  });
  afterEach(() => edge.close());

  const statuses = async (times: number, call: (n: number) => ReturnType<EdgeApp['call']>) => {
    const seen: number[] = [];
    for (let n = 0; n < times; n++) seen.push((await call(n)).status);
    return seen;
  };
  const from = (address: string) => ({ 'x-forwarded-for': address });

  it('let each caller write so often a minute, and tell when to come again', async () => {
    const [ann, bob] = [await edge.token(), await edge.token()];
    expect(await statuses(3, () => edge.call('POST', '/v1/things', { token: ann }))).toEqual([200, 200, 429]);
    expect((await edge.call('POST', '/v1/things', { token: bob })).status).toBe(200);
    await edge.clock.advance(20_000);
    const refused = await edge.call('POST', '/v1/things', { token: ann });
    expect(refused.json).toMatchObject({ code: 'rate_limited', status: 429 });
    expect(refused.headers.get('retry-after')).toBe('40');
    await edge.clock.advance(40_000);
    expect((await edge.call('POST', '/v1/things', { token: ann })).status).toBe(200);
  });

  it('count reads apart, and callers without a token by their network address', async () => {
    const token = await edge.token();
    expect(await statuses(4, () => edge.call('GET', '/v1/things', { token }))).toEqual([200, 200, 200, 429]);
    expect((await edge.call('POST', '/v1/things', { token })).status).toBe(200);
    expect(await statuses(4, () => edge.call('GET', '/v1/things', { headers: from('192.0.2.1') }))).toEqual([200, 200, 200, 429]);
    expect((await edge.call('GET', '/v1/things', { headers: from('192.0.2.2') })).status).toBe(200);
    expect(await statuses(4, (n) => edge.call('GET', '/v1/things', { headers: from(`2001:db8::${n}`) }))).toEqual([200, 200, 200, 429]);
  });

  it('count what is refused for its token', async () =>
    expect(await statuses(4, (n) => edge.call('GET', '/v1/things', { token: `wrong ${n}`, headers: from('192.0.2.9') }))).toEqual([401, 401, 401, 429]));

  it('let each network address, and each account, sign in so often', async () => {
    const signIn = (email: string, address: string) => edge.call('POST', '/v1/sessions', { body: { email }, headers: from(address) });
    expect(await statuses(3, (n) => signIn(`user${n}@example.com`, '192.0.2.1'))).toEqual([200, 200, 429]);
    expect(await statuses(3, (n) => signIn(n === 1 ? ' Ann@Example.com' : 'ann@example.com', `192.0.2.${10 + n}`))).toEqual([200, 200, 429]);
    expect((await signIn('bob@example.com', '192.0.2.10')).status).toBe(200);
    expect((await edge.call('POST', '/v1/accounts', { body: { email: 'ann@example.com' }, headers: from('192.0.2.1') })).status).toBe(200);
  });

  it('do not hold up webhooks and what is marked', async () => {
    expect(new Set(await statuses(10, () => edge.call('POST', '/v1/webhooks')))).toEqual(new Set([200]));
    expect(new Set(await statuses(10, () => edge.call('GET', '/v1/free')))).toEqual(new Set([200]));
    expect(new Set(await statuses(10, () => edge.call('GET', '/health/live')))).toEqual(new Set([200]));
    expect(new Set(await statuses(10, () => edge.call('GET', '/metrics')))).toEqual(new Set([200]));
  });
});

describe('the network address of a caller', () => {
  it.each([
    [0, [200, 429]],
    [1, [200, 429]],
    [2, [200, 200]],
  ])('is told by %i proxies and no more', async (trustProxy, expected) => {
    const edge = await EdgeApp.start({ controllers: [LimitedController], parts: { settings: { rateLimit: { writes: 1, reads: 1, signIns: 1 } } }, trustProxy });
    const seen: number[] = [];
    // The client's own claim stands leftmost, what the last proxy saw rightmost.
    for (const claimed of ['203.0.113.1', '203.0.113.2'])
      seen.push((await edge.call('GET', '/v1/things', { headers: { 'x-forwarded-for': `${claimed}, 192.0.2.7` } })).status);
    await edge.close();
    expect(seen).toEqual(expected);
  });
});
