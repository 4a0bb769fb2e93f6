import { randomUUID } from 'node:crypto';
import { ADDRESS, ADMIN, type Answer, expecting, newCustomer, type ShopClient } from '../support/shop-client';
import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';
import { problemIn } from './problem';

const [WRITES, READS, SIGN_INS] = [8, 12, 6];

let shop: ShopInProcess;

beforeAll(async () => {
  shop = await startShopInProcess({ RATE_LIMIT: `${WRITES}/${READS}/${SIGN_INS}`, TRUST_PROXY: '1' });
});
afterAll(() => shop.close());
beforeEach(() => shop.putForward(60_001));

/** As seen from a network of its own. */
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
const statuses = async (times: number, ask: (n: number) => Promise<Answer>): Promise<number[]> => {
  const seen: number[] = [];
  for (let n = 0; n < times; n++) seen.push((await ask(n)).status);
  return seen;
};
const times = (count: number, status: number): number[] => Array<number>(count).fill(status);

describe('a caller', () => {
  it('may write and read so often a minute, and is told when to come again', async () => {
    const ada = (await newCustomer(shop.client)).client;
    shop.putForward(60_001);
    expect(await statuses(WRITES + 2, () => ada.delete('/cart/items'))).toEqual([...times(WRITES, 200), 429, 429]);
    expect(await statuses(READS + 1, () => ada.get('/cart'))).toEqual([...times(READS, 200), 429]);
    const refused = await ada.delete('/cart/items', { key: 'k' });
    expect(problemIn(refused).code).toBe('rate_limited');
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    shop.putForward(seconds * 1000);
    const later = await ada.delete('/cart/items', { key: 'k' });
    expect([later.status, later.headers.get('idempotent-replayed')]).toEqual([200, null]);
  });

  it('is limited for itself, wherever it calls from', async () => {
    const [ada, eve] = [(await newCustomer(shop.client)).client, (await newCustomer(shop.client)).client];
    shop.putForward(60_001);
    expect(await statuses(WRITES + 1, (n) => ada.delete('/cart/items', from(`10.0.0.${n}`)))).toEqual([...times(WRITES, 200), 429]);
    expect((await eve.delete('/cart/items')).status).toBe(200);
  });

  it('without a token is limited by its network address', async () => {
    expect(await statuses(READS + 1, () => shop.client.get('/products', from('192.0.2.1')))).toEqual([...times(READS, 200), 429]);
    expect((await shop.client.get('/products', from('192.0.2.2'))).status).toBe(200);
    expect(await statuses(WRITES + 1, () => shop.client.post('/me/addresses', ADDRESS, from('192.0.2.3')))).toEqual([...times(WRITES, 401), 429]);
    expect((await shop.client.get('/health/ready')).status).toBe(200);
  });
});

describe('sign-ins', () => {
  const wrong = (client: ShopClient, email: string, address: string) => client.post('/sessions', { email, password: 'a wrong password' }, from(address));

  it('are so many a minute for a network address', async () => {
    const seen = await statuses(SIGN_INS + 1, () => wrong(shop.client, `${randomUUID()}@example.com`, '198.51.100.1'));
    expect(seen).toEqual([...times(SIGN_INS, 401), 429]);
    expect((await wrong(shop.client, `${randomUUID()}@example.com`, '198.51.100.2')).status).toBe(401);
  });

  it('are so many a minute for an account, from wherever', async () => {
    const { email, password } = await newCustomer(shop.client);
    shop.putForward(60_001);
    expect(await statuses(SIGN_INS, (n) => wrong(shop.client, n % 2 === 0 ? email : email.toUpperCase(), `203.0.113.${n}`))).toEqual(times(SIGN_INS, 401));
    const refused = await shop.client.post('/sessions', { email, password }, from('203.0.113.99'));
    expect(problemIn(refused).code).toBe('rate_limited');
    await shop.client.signIn(ADMIN.email, ADMIN.password);
    shop.putForward(60_001);
    await expecting(201, shop.client.post('/sessions', { email, password }, from('203.0.113.99')));
  });
});
