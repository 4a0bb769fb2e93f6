import { DomainError } from '@tillroll/kernel';
import type { FastifyReply, FastifyRequest, onRequestHookHandler, onSendHookHandler, preHandlerHookHandler } from 'fastify';
import type { RoutePlan } from '../routes/route-plan';
import { fingerprint } from './fingerprint';
import { readIdempotencyKey } from './idempotency-key';
import type { Begun, IdempotencyRecords, KeyUse, StoredAnswer } from './idempotency-records';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set while the request is the first use of its key: its answer is to be kept. */
    keyUse: KeyUse | undefined;
    /** The code of the problem that is the answer. */
    problemCode: string | undefined;
  }
}

/** Headers that belong to an answer; all others are made anew for each. */
const KEPT_HEADERS = ['content-type', 'location', 'etag', 'retry-after'];

/** Answers given before the command ran. */
const BEFORE_THE_COMMAND: ReadonlySet<number> = new Set([400, 401, 403, 413, 415, 429]);

/** Refusals that pass by themselves. */
const PASSING: ReadonlySet<string> = new Set(['cart_locked', 'idempotency_in_flight', 'conflict']);

function keptHeaders(reply: FastifyReply): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = reply.getHeader(name);
    if (value !== undefined) headers[name] = String(value);
  }
  return headers;
}

function replay(reply: FastifyReply, { status, headers, body }: StoredAnswer): void {
  void reply.code(status).headers(headers).header('idempotent-replayed', 'true').send(body);
}

export interface IdempotencyHooks {
  /** The key itself is looked at before the body is read. */
  readonly onRequest: onRequestHookHandler;
  /** The first use goes on, any other is answered here. Needs `request.caller` and `request.cause`. */
  readonly preHandler: preHandlerHookHandler;
  readonly onSend: onSendHookHandler<unknown>;
}

/** `Idempotency-Key` on the writes of a signed-in caller. */
export function idempotency(plan: RoutePlan, records: IdempotencyRecords): IdempotencyHooks {
  const isRequired = plan.idempotencyKey === 'required';

  const goOn = (begun: Begun, use: KeyUse, request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    switch (begun.state) {
      case 'new':
        request.keyUse = use;
        return done();
      case 'finished':
        return replay(reply, begun.answer);
      case 'in_flight':
        return done(new DomainError('idempotency_in_flight'));
      case 'reused':
        return done(new DomainError('idempotency_key_reused'));
    }
  };

  return {
    onRequest(request, _reply, done) {
      if (request.caller !== undefined) readIdempotencyKey(request, isRequired);
      done();
    },

    preHandler(request, reply, done) {
      const { caller, cause } = request;
      if (caller === undefined || cause?.keyed === undefined) return done();
      const use: KeyUse = { id: cause.commandId, customerId: caller.customerId, fingerprint: fingerprint(request.body) };
      const begun = records.begin(use);
      if (begun instanceof Promise) begun.then((answer) => goOn(answer, use, request, reply, done), done);
      else goOn(begun, use, request, reply, done);
    },

    onSend(request, reply, payload, done) {
      const use = request.keyUse;
      if (use === undefined) return done(null, payload);
      request.keyUse = undefined;
      const { statusCode: status } = reply;
      if (BEFORE_THE_COMMAND.has(status) || PASSING.has(request.problemCode ?? '')) records.forget(use);
      else if (status >= 500 || (typeof payload !== 'string' && payload !== undefined && payload !== null)) records.leaveOpen(use);
      else {
        const kept = records.finish(use, { status, headers: keptHeaders(reply), body: typeof payload === 'string' ? payload : '' });
        // A refusal is in no stream: only once its record is durable will a repetition surely be refused too.
        if (status >= 400) return void kept.then((isKept) => (isKept ? done(null, payload) : done(new DomainError('service_unavailable'))));
      }
      done(null, payload);
    },
  };
}
