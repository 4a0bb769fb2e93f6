import { randomUUID } from 'node:crypto';
import { type GatewayUnderTest, someIntent } from './gateway-under-test';

export function findingContract(underTest: () => GatewayUnderTest): void {
  async function createFor(orderId: string, count: number) {
    const created = [];
    for (let i = 0; i < count; i++) created.push(await underTest().gateway.createIntent(someIntent(underTest().methods.captures, { orderId })));
    return created;
  }

  it('shows an intent as it was answered', async () => {
    const created = await underTest().gateway.createIntent(someIntent(underTest().methods.redirects));
    expect(await underTest().gateway.getIntent(created.reference)).toEqual(created);
  });

  it('refuses an intent that does not exist', async () => {
    await expect(underTest().gateway.getIntent('int_none')).rejects.toMatchObject({ name: 'GatewayRefused', code: 'not_found' });
    await expect(underTest().gateway.getIntent('../refunds/x?y#z')).rejects.toMatchObject({ name: 'GatewayRefused', code: 'not_found' });
  });

  it('lists the intents of one order, newest first, page by page', async () => {
    const orderId = randomUUID();
    await createFor(randomUUID(), 1);
    const created = await createFor(orderId, 5);
    const listed = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await underTest().gateway.listIntents({ orderId, limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      listed.push(...page.intents);
      cursor = page.next;
      pages++;
    } while (cursor !== undefined);
    expect(listed).toEqual(created.toReversed());
    expect(pages).toBe(3);
  });

  it('lists nothing for an order without intents, and the intents of all orders without one', async () => {
    expect(await underTest().gateway.listIntents({ orderId: randomUUID() })).toEqual({ intents: [] });
    const [created] = await createFor(randomUUID(), 1);
    expect((await underTest().gateway.listIntents({ limit: 1 })).intents).toEqual([created]);
  });
}
