import type { HealthPart, PartState } from '@tillroll/http';

const LONGEST_MS = 1_800;

type Answered = PartState & { readonly status: 'up' | 'down' };

/** A service as the gateway sees it: up while one of its instances is ready. */
export const serviceHealth = (name: string, addresses: readonly string[], path = '/health/ready'): HealthPart => ({
  name,
  async check() {
    const instances = await Promise.all(addresses.map((address) => ask(`${address}${path}`)));
    const [first] = instances;
    if (instances.length === 1 && first !== undefined) return first;
    const ready = instances.filter(({ status }) => status === 'up').length;
    return { status: ready === instances.length ? 'up' : ready > 0 ? 'degraded' : 'down', instances };
  },
});

async function ask(url: string): Promise<Answered> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(LONGEST_MS) });
    const state = (await answer.json()) as Readonly<Record<string, unknown>>;
    return { ...state, status: answer.ok ? 'up' : 'down' };
  } catch {
    return { status: 'down', reason: 'does not answer' };
  }
}
