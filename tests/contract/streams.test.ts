import { openEventSource, type SentEvent } from '../notices/event-source';
import { type Customer, expecting, newCustomer, newProduct, payFor, placeOrder, type ShopClient } from '../support/shop-client';
import { type ShopInProcess, startShopInProcess } from '../support/shop-in-process';
import { faultyPlaces, problemIn } from './problem';
import { pathTo, ROUTES } from './routes';
import { pageOf } from './resource-shapes';
import { atLeast, expectShape, matching, oneOf, optional, text, time, uuid } from './shape';

let shop: ShopInProcess;
let ada: Customer;
let tea: string;

beforeAll(async () => {
  shop = await startShopInProcess();
  [ada, tea] = [await newCustomer(shop.client), await newProduct(shop.admin, { stock: 1000 })];
});
afterAll(() => shop.close());

type Source = Awaited<ReturnType<typeof openEventSource>>;
const open: Source[] = [];
const listen = async (client: ShopClient, path: string, lastEventId?: string): Promise<Source> => {
  const source = await openEventSource(client, path, lastEventId);
  open.push(source);
  return source;
};
afterEach(() => open.splice(0).forEach((source) => source.close()));

const ordered = async () => (await placeOrder(ada, tea)).body as { orderId: string; total: object };
const advance = (orderId: string, to: string) => expecting(200, shop.admin.post(`/orders/${orderId}/transitions`, { to }));
const nexts = async (source: Source, count: number): Promise<SentEvent[]> => {
  const seen: SentEvent[] = [];
  while (seen.length < count) seen.push(await source.next());
  return seen;
};
const statuses = (events: readonly SentEvent[]) => events.map(({ data }) => data['status']);

const cloudEvent = {
  specversion: oneOf('1.0'), id: uuid, source: matching(/^\/tillroll\/[a-z]+$/), type: matching(/^tillroll\.[a-z]+\.[a-z-]+\.v\d+$/), subject: text, time, datacontenttype: oneOf('application/json'), dataschema: text,
  sequence: atLeast(0), correlationid: text, causationid: text, traceparent: optional(text), actor: text, data: (value: unknown) => typeof value === 'object',
};

describe('every stream', () => {
  it('is an answer of server-sent events that nobody keeps', async () => {
    const { orderId } = await ordered();
    for (const [client, path] of [[ada.client, '/me/notices/stream'], [ada.client, `/orders/${orderId}/stream`], [shop.admin, '/events']] as const) {
      const ending = new AbortController();
      const response = await fetch(`${client.url}/v1${path}`, { signal: ending.signal, headers: { accept: 'text/event-stream', authorization: `Bearer ${client.token ?? ''}` } });
      expect([path, response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([path, 200, expect.stringMatching(/^text\/event-stream/), expect.stringContaining('no-store')]);
      ending.abort();
    }
  });

  it('refuses strangers and places that are none with a problem document', async () => {
    const { orderId } = await ordered();
    for (const { path } of ROUTES.filter(({ streams }) => streams === true)) expect(problemIn(await shop.client.get(pathTo({ path }))).code).toBe('unauthenticated');
    for (const id of ['x', '-1', '1.5', '1e3', '9'.repeat(30), 'NaN'])
      for (const path of ['/me/notices/stream', `/orders/${orderId}/stream`]) expect([id, faultyPlaces(await ada.client.get(path, { headers: { 'last-event-id': id } }))]).toEqual([id, ['Last-Event-ID']]);
    expect(faultyPlaces(await shop.admin.get('/events', { headers: { accept: 'text/event-stream', 'last-event-id': 'x' } }))).toEqual(['Last-Event-ID']);
  });
});

describe('the stream of an order', () => {
  it('begins with what comes next, each event with the status it led to', async () => {
    const order = await ordered();
    const [mine, admins] = [await listen(ada.client, `/orders/${order.orderId}/stream`), await listen(shop.admin, `/orders/${order.orderId}/stream`)];
    await expecting(201, payFor(ada, order));
    for (const to of ['processing', 'shipped', 'delivered']) await advance(order.orderId, to);
    const seen = await nexts(mine, 4);
    expect(statuses(seen)).toEqual(['confirmed', 'processing', 'shipped', 'delivered']);
    expect(await nexts(admins, 4)).toEqual(seen);
    for (const { id, data } of seen) expect([text(id), data['orderId'], time(data['time']), text(data['type'])]).toEqual([true, order.orderId, true, true]);
    expect(JSON.stringify(seen)).not.toContain(ada.email);
  });

  it('resumes after Last-Event-ID without a gap and without a repeat', async () => {
    const order = await ordered();
    const live = await listen(ada.client, `/orders/${order.orderId}/stream`);
    await expecting(201, payFor(ada, order));
    const confirmed = await live.next();
    live.close();
    await advance(order.orderId, 'processing');
    await advance(order.orderId, 'shipped');
    const resumed = await listen(ada.client, `/orders/${order.orderId}/stream`, confirmed.id);
    await advance(order.orderId, 'delivered');
    expect(statuses(await nexts(resumed, 3))).toEqual(['processing', 'shipped', 'delivered']);
  });

  it('tells an expiry and a cancellation', async () => {
    const [canceled, expired] = [await ordered(), await ordered()];
    const [one, two] = [await listen(ada.client, `/orders/${canceled.orderId}/stream`), await listen(ada.client, `/orders/${expired.orderId}/stream`)];
    await expecting(200, ada.client.post(`/orders/${canceled.orderId}/cancel`, { reason: 'no' }));
    expect((await one.next()).data).toMatchObject({ orderId: canceled.orderId, status: 'canceled' });
    shop.putForward(31 * 60_000);
    expect((await two.next()).data).toMatchObject({ orderId: expired.orderId, status: 'expired' });
  });
});

describe('the stream of notices', () => {
  it('begins with what comes next, and sends each notice as it is listed', async () => {
    const order = await ordered();
    await expecting(201, payFor(ada, order));
    const live = await listen(ada.client, '/me/notices/stream');
    for (const to of ['processing', 'shipped']) await advance(order.orderId, to);
    const seen = await nexts(live, 2);
    const { data } = (await ada.client.get('/me/notices?limit=2')).body as { data: object[] };
    expect(seen.map((event) => event.data)).toEqual(data.toReversed());
    live.close();
    await advance(order.orderId, 'delivered');
    expect((await (await listen(ada.client, '/me/notices/stream', seen[0]?.id)).next()).data).toEqual(seen[1]?.data);
  });
});

describe('the feed of public events', () => {
  const page = (query: string) => expecting(200, shop.admin.get(`/events?${query}`)) as Promise<{ data: { id: string; type: string; subject: string; sequence: number; data: Record<string, unknown> }[]; page: { next: string } }>;

  async function all(context = ''): Promise<Awaited<ReturnType<typeof page>>['data']> {
    const found: Awaited<ReturnType<typeof page>>['data'] = [];
    for (let after = ''; ; ) {
      const part = await page(`limit=100${context === '' ? '' : `&context=${context}`}${after === '' ? '' : `&after=${after}`}`);
      expectShape(part, pageOf(cloudEvent));
      found.push(...part.data);
      if (part.data.length === 0) return found;
      after = part.page.next;
    }
  }

  it('has every event once, in the order of each stream, and always a cursor to go on from', async () => {
    const order = await ordered();
    await expecting(201, payFor(ada, order));
    const events = await all();
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    const last = new Map<string, number>();
    for (const { subject, sequence } of events) {
      expect(sequence).toBeGreaterThan(last.get(subject) ?? -1);
      last.set(subject, sequence);
    }
    for (const type of ['customer.account-opened', 'customer.address-added', 'inventory.product-created', 'inventory.stock-adjusted', 'inventory.stock-held', 'cart.item-added', 'cart.cart-locked', 'cart.cart-checked-out', 'order.order-placed', 'order.order-confirmed', 'payment.payment-initiated', 'payment.payment-captured'])
      expect(events.map((event) => event.type)).toContain(`tillroll.${type}.v1`);
    expect(events.find(({ type }) => type === 'tillroll.order.order-placed.v1')?.subject).toMatch(/^order-[0-9a-f-]{36}$/);
    for (const secret of [ada.email, 'Ada Lovelace', 'St James Square', 'SW1Y']) expect(JSON.stringify(events)).not.toContain(secret);
    for (const context of ['customer', 'inventory', 'cart', 'order', 'payment']) {
      const own = await all(context);
      expect(own).toEqual(events.filter(({ type }) => type.startsWith(`tillroll.${context}.`)));
    }
  });

  it('goes on from the last cursor of a reader that had caught up', async () => {
    let end = await page('limit=100');
    while (end.data.length > 0) end = await page(`limit=100&after=${end.page.next}`);
    expect(end).toEqual({ data: [], page: { next: expect.any(String) as string } });
    const { orderId } = await ordered();
    const more = await page(`limit=100&after=${end.page.next}`);
    expect(more.data.filter(({ data }) => data['orderId'] === orderId).map(({ type }) => type)).toContain('tillroll.order.order-placed.v1');
  });

  it('is live too, and resumes', async () => {
    const live = await listen(shop.admin, '/events?context=order');
    const order = await ordered();
    const placed = await live.next();
    expectShape(placed.data, cloudEvent);
    expect(placed.data).toMatchObject({ type: 'tillroll.order.order-placed.v1', subject: `order-${order.orderId}` });
    live.close();
    await expecting(201, payFor(ada, order));
    expect((await (await listen(shop.admin, '/events?context=order', placed.id)).next()).data).toMatchObject({ type: 'tillroll.order.order-confirmed.v1', subject: `order-${order.orderId}` });
    const listed = await page(`context=order&after=${placed.id}`);
    expect(listed.data[0]).toMatchObject({ type: 'tillroll.order.order-confirmed.v1' });
  });

  it('refuses what is no cursor, no context and no limit', async () => {
    const foreign = (await shop.client.get('/products?limit=1')).body.page.next as string | null;
    for (const [query, parameter] of [['after=x', 'after'], [`after=${foreign ?? 'y'}`, 'after'], ['after=', 'after'], ['context=kitchen', 'context'], ['context=', 'context'], ['limit=0', 'limit'], ['limit=101', 'limit'], ['limit=x', 'limit']] as const)
      expect([query, faultyPlaces(await shop.admin.get(`/events?${query}`))]).toEqual([query, [parameter]]);
  });
});
