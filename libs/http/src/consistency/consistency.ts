import { DomainError } from '@tillroll/kernel';
import type { FastifyRequest, onSendHookHandler, preHandlerHookHandler } from 'fastify';
import type { Fault } from '../problems/refusals';
import type { RoutePlan } from '../routes/route-plan';
import type { ConsistencyTokens } from './consistency-tokens';
import type { ReadGate } from './read-gate';

/** How long a read waits for what its token stands for. */
const STRICT_MS = 2000;

/** How long a read without a token waits for what was written before it came; then it takes what there is. */
const BEST_EFFORT_MS = 250;

const HEADER = 'consistency-token';

const FOREIGN: Fault = { parameter: 'Consistency-Token', code: 'unknown', message: 'was not issued by this shop' };

type Done = (error?: Error) => void;

/** Tells every write's answer how far the store has got. */
export function tokensOnWrites(tokens: ConsistencyTokens, gate: ReadGate): onSendHookHandler<unknown> {
  return (_request, reply, payload, done) => {
    const head = gate.head();
    if (typeof head === 'number') {
      reply.header(HEADER, tokens.issue(head));
      return done(null, payload);
    }
    head.then(
      (position) => {
        reply.header(HEADER, tokens.issue(position));
        done(null, payload);
      },
      // The answer stands without a token: whoever reads it waits for its own writes anyway.
      () => done(null, payload),
    );
  };
}

/** Holds the answer of a write back until the read models have followed, or a moment has passed. */
export function followedWrites(gate: ReadGate): onSendHookHandler<unknown> {
  return (_request, reply, payload, done) => {
    const goOn = () => done(null, payload);
    const follow = async () => gate.caughtUp(await gate.head(), BEST_EFFORT_MS);
    if (reply.statusCode >= 400) goOn();
    else follow().then(goOn, goOn);
  };
}

/** Holds a read back until the read models are as far as its token says, or as they can be expected to be. */
export function waitingReads({ immediate }: RoutePlan, tokens: ConsistencyTokens, gate: ReadGate): preHandlerHookHandler {
  const strictly = (position: number, done: Done): void => {
    const settle = (isThere: boolean) => done(isThere ? undefined : new DomainError('not_caught_up'));
    const caughtUp = gate.caughtUp(position, STRICT_MS);
    if (typeof caughtUp === 'boolean') settle(caughtUp);
    else caughtUp.then(settle, done);
  };
  const bestEffort = (position: number, done: Done): void => {
    const caughtUp = gate.caughtUp(position, BEST_EFFORT_MS);
    if (typeof caughtUp === 'boolean') done();
    else caughtUp.then(() => done(), done);
  };

  return (request: FastifyRequest, _reply, done) => {
    const token = request.headers[HEADER];
    if (token !== undefined) {
      const position = typeof token === 'string' ? tokens.read(token) : undefined;
      if (position === undefined) return done(new DomainError('validation_failed', { errors: [FOREIGN] }));
      return immediate === true ? done() : strictly(position, done);
    }
    if (immediate === true) return done();
    const head = gate.head();
    if (typeof head === 'number') return bestEffort(head, done);
    head.then((position) => bestEffort(position, done), done);
  };
}
