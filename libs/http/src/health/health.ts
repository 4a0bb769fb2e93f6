import type { FastifyInstance } from 'fastify';
import type { HealthPart, PartState } from './health-part';

/** A part that does not answer is as good as down. */
const LONGEST_CHECK_MS = 2000;

async function check(part: HealthPart, longestMs: number): Promise<PartState> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<PartState>((resolve) => {
    timer = setTimeout(() => resolve({ status: 'down', reason: 'does not answer' }), longestMs).unref();
  });
  try {
    return await Promise.race([part.check(), tooLong]);
  } catch {
    return { status: 'down', reason: 'the check failed' };
  } finally {
    clearTimeout(timer);
  }
}

export interface Readiness {
  /** From now on the shop is not ready, whatever its parts say. */
  stop(): void;
}

/** `GET /health/live`: the process answers. `GET /health/ready`: no part is down, and the shop is not stopping. */
export function healthRoutes(server: FastifyInstance, parts: readonly HealthPart[], longestMs = LONGEST_CHECK_MS): Readiness {
  let isStopping = false;
  server.get('/health/live', (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'up' }));
  server.get('/health/ready', async (_request, reply) => {
    const states = await Promise.all(parts.map(async (part) => [part.name, await check(part, longestMs)] as const));
    const isReady = !isStopping && states.every(([, { status }]) => status !== 'down');
    return reply
      .code(isReady ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: isReady ? 'up' : 'down', ...(isStopping ? { reason: 'stopping' } : {}), parts: Object.fromEntries(states) });
  });
  return { stop: () => (isStopping = true) };
}
