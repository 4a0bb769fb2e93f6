import { eventually, expecting, type ShopClient } from './shop-client';

interface Readiness {
  readonly status: string;
  readonly parts: {
    readonly 'event-bus': { readonly consumers: readonly { readonly consumer: string; readonly position: number; readonly lag: number; readonly parkedSubjects: number }[] };
    readonly 'read-models': { readonly projections: readonly { readonly name: string; readonly lag: number }[] };
    readonly audit: { readonly violations: readonly unknown[] };
  };
}

export const readinessOf = async (client: ShopClient): Promise<Readiness> => (await client.get('/health/ready')).body;

const isIdle = ({ parts }: Readiness): boolean => parts['event-bus'].consumers.every(({ lag }) => lag === 0) && parts['read-models'].projections.every(({ lag }) => lag === 0);

/** Resolves once every consumer and every document has followed the log to its end, and nothing was written meanwhile. */
export async function untilIdle(client: ShopClient, timeoutMs = 60_000): Promise<Readiness> {
  let before = -1;
  return eventually(
    () => readinessOf(client),
    (readiness) => {
      const position = readiness.parts['event-bus'].consumers[0]?.position ?? 0;
      const isSame = position === before;
      before = position;
      return isSame && isIdle(readiness);
    },
    timeoutMs,
  );
}

/** Every element of a collection, page by page. */
export async function everyOneOf<T>(client: ShopClient, path: string): Promise<readonly T[]> {
  const found: T[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const cursor: string = next === '' ? '' : `&cursor=${encodeURIComponent(next)}`;
    const { data, page }: { data: readonly T[]; page: { next: string | null } } = await expecting(200, client.get(`${path}${path.includes('?') ? '&' : '?'}limit=100${cursor}`));
    found.push(...data);
    next = page.next;
  }
  return found;
}
