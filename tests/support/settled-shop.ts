import { eventually, expecting, type ShopClient } from './shop-client';

interface Readiness {
  readonly status: string;
  readonly parts: {
    readonly 'event-bus': { readonly consumers: readonly { readonly consumer: string; readonly position: number; readonly lag: number; readonly parkedSubjects: number }[] };
    readonly 'read-models': { readonly projections: readonly { readonly name: string; readonly lag: number }[] };
    readonly audit: { readonly violations: readonly unknown[] };
  };
}

/** What a gateway shows of the services behind it. */
interface ReadinessOfServices {
  readonly status: string;
  readonly parts: Readonly<Record<string, { readonly parts?: Partial<Readiness['parts']>; readonly instances?: readonly { readonly parts?: Partial<Readiness['parts']> }[] }>>;
}

/** Of one process, or of all services behind a gateway taken together. */
export async function readinessOf(client: ShopClient): Promise<Readiness> {
  const { body } = await client.get('/health/ready');
  if (body.parts['event-bus'] !== undefined) return body;
  const { status, parts } = body as ReadinessOfServices;
  const services = Object.values(parts).flatMap(({ parts: own, instances }) => [own, ...(instances ?? []).map((instance) => instance.parts)]);
  const consumers = services.flatMap((own) => own?.['event-bus']?.consumers ?? []);
  const projections = services.flatMap((own) => own?.['read-models']?.projections ?? []);
  const violations = services.flatMap((own) => own?.audit?.violations ?? []);
  return { status, parts: { 'event-bus': { consumers }, 'read-models': { projections }, audit: { violations } } };
}

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
