import type { FastifyReply, FastifyRequest, RouteGenericInterface } from 'fastify';
import type { Chaos } from '../chaos/chaos';
import { sendError } from './api-error';

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
  /** The idempotency key was used before. */
  readonly repeated?: boolean;
}

/** What an API call does. It has taken effect when the promise resolves. */
export type Operation<Route extends RouteGenericInterface = RouteGenericInterface> = (request: FastifyRequest<Route>) => Promise<ApiAnswer>;

/** Lets chaos strike API calls: they are answered with 500 or never, before or after taking effect. */
export class CallFates {
  private readonly hanging = new Set<FastifyReply>();

  constructor(private readonly chaos: Chaos) {}

  handle<Route extends RouteGenericInterface>(operation: Operation<Route>) {
    return async (request: FastifyRequest<Route>, reply: FastifyReply): Promise<unknown> => {
      const { fault, when } = this.chaos.fateOfCall();
      const answer = fault === 'none' || when === 'after' ? await operation(request) : undefined;
      if (fault === 'hang') return this.hang(reply);
      if (fault === 'error' || answer === undefined) return sendError(reply, 'internal_error', 'something went wrong');
      if (answer.repeated === true) reply.header('idempotent-replayed', 'true');
      return reply.code(answer.status).send(answer.body);
    };
  }

  /** Ends the calls that would never be answered, so that a server can stop. */
  release(): void {
    for (const reply of this.hanging) reply.raw.destroy();
  }

  private hang(reply: FastifyReply): FastifyReply {
    this.hanging.add(reply);
    reply.raw.once('close', () => this.hanging.delete(reply));
    return reply.hijack();
  }
}
