import { type Answer, type Customer, eventually, expecting, type ShopClient } from './shop-client';

export const orderOf = (client: ShopClient, orderId: string): Promise<Answer['body']> => expecting(200, client.get(`/orders/${orderId}`));

export const stockOf = (admin: ShopClient, productId: string): Promise<Answer['body']> => expecting(200, admin.get(`/products/${productId}/stock`));

/** The order once nothing has to be given back any more. */
export const endedOrder = (client: ShopClient, orderId: string): Promise<Answer['body']> =>
  eventually(
    () => orderOf(client, orderId),
    ({ status, compensating }) => ['canceled', 'expired', 'rejected'].includes(status as string) && compensating === false,
  );

/** How often each thing happened to the order, in all contexts. */
export async function happeningsTo(admin: ShopClient, orderId: string): Promise<Readonly<Record<string, number>>> {
  const { data } = await expecting(200, admin.get(`/orders/${orderId}/timeline`));
  return countsOf((data as readonly { readonly type: string }[]).map(({ type }) => type));
}

/** How often the customer was told what of the order. */
export async function noticesOf({ client }: Customer, orderId: string): Promise<Readonly<Record<string, number>>> {
  const { data } = await expecting(200, client.get('/me/notices?limit=100'));
  const notices = data as readonly { readonly type: string; readonly orderId: string }[];
  return countsOf(notices.filter((notice) => notice.orderId === orderId).map(({ type }) => type));
}

function countsOf(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

export const statusesOf = (answers: readonly Answer[]): readonly number[] => answers.map(({ status }) => status).sort((a, b) => a - b);
