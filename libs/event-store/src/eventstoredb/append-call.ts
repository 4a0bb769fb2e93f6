import { randomUUID } from 'node:crypto';
import { type BaseOptions, type EventStoreDBClient, UnavailableError } from '@eventstore/db-client';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb';
import { UUID } from '@eventstore/db-client/generated/shared_pb';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import type { CallOptions, ClientDuplexStream, Metadata } from '@grpc/grpc-js';
import { OutcomeUnknown } from './append-errors';

type BatchAppendStream = ClientDuplexStream<BatchAppendReq, BatchAppendResp>;

/** What the client's own commands are made of. Protected in its types: its version is exact, and a test holds it. */
interface CommandParts {
  GRPCStreamCreator(client: typeof StreamsClient, name: string, create: (client: StreamsClient) => BatchAppendStream): () => Promise<BatchAppendStream>;
  callArguments(options: BaseOptions, callOptions: CallOptions): [Metadata, CallOptions];
}

interface Waiting {
  readonly resolve: (response: BatchAppendResp) => void;
  readonly reject: (error: OutcomeUnknown) => void;
  readonly timer: NodeJS.Timeout;
}

interface OpenCall {
  readonly stream: BatchAppendStream;
  readonly waiting: Map<string, Waiting>;
  /** Answers so far: a call that gives none for as long as an append waits is stuck. */
  answers: number;
  isOver: boolean;
}

/**
 * The batch-append call of one client: many appends on their way at once, written by the server in the order in which they were sent.
 *
 * Our own, on the client's connection, because `appendToStream` keeps the waiting appends of all clients of a process in one map
 * (an error or the end of one rejects those of another, though they were written), serialises too late, waits for ever for an
 * answer that does not come, and ends the process with an unhandled rejection when the connection breaks while its writes wait.
 */
export class AppendCall {
  private opening: Promise<OpenCall> | undefined;

  constructor(private readonly client: EventStoreDBClient) {}

  /**
   * Resolves with the server's answer, whatever it says. Rejects with {@link OutcomeUnknown} when there is none: the connection
   * broke, or the time is over. Then a call that is stuck is given up, and the next append begins a new one on a new connection.
   */
  async send(request: BatchAppendReq, timeoutMs: number): Promise<BatchAppendResp> {
    const until = Date.now() + timeoutMs;
    const call = await within(timeoutMs, this.open());
    if (call.isOver) throw new OutcomeUnknown('the connection was lost before an append was sent');
    return await new Promise<BatchAppendResp>((resolve, reject) => {
      const id = randomUUID();
      const { answers } = call;
      const timer = setTimeout(
        () => {
          call.waiting.delete(id);
          reject(new OutcomeUnknown(`no answer to an append within ${timeoutMs} ms`));
          if (call.answers === answers) giveUp(call.stream);
        },
        Math.max(1, until - Date.now()),
      );
      call.waiting.set(id, { resolve, reject, timer });
      const correlation = new UUID();
      correlation.setString(id);
      request.setCorrelationId(correlation);
      request.setIsFinal(true);
      call.stream.write(request);
    });
  }

  /** Appends that still wait are rejected. */
  async close(): Promise<void> {
    const call = await this.opening?.catch(() => undefined);
    call?.stream.cancel();
  }

  private open(): Promise<OpenCall> {
    this.opening ??= this.start().catch((error: unknown) => {
      this.opening = undefined;
      throw new OutcomeUnknown('the event store cannot be reached', { cause: error });
    });
    return this.opening;
  }

  private async start(): Promise<OpenCall> {
    const parts = this.client as unknown as CommandParts;
    let call: OpenCall | undefined;
    await parts.GRPCStreamCreator(StreamsClient, 'appendToStream', (client) => {
      const stream = client.batchAppend(...parts.callArguments({ requiresLeader: true }, { deadline: Number.POSITIVE_INFINITY }));
      call = this.begin(stream);
      return stream;
    })();
    if (call === undefined) throw new Error('the client made no call');
    return call;
  }

  /** Listens from the first moment on: nobody else would hear of an error. */
  private begin(stream: BatchAppendStream): OpenCall {
    const call: OpenCall = { stream, waiting: new Map(), answers: 0, isOver: false };
    const end = (cause?: unknown) => {
      if (call.isOver) return;
      call.isOver = true;
      this.opening = undefined;
      for (const { reject, timer } of call.waiting.values()) {
        clearTimeout(timer);
        reject(new OutcomeUnknown('the connection was lost before the answer to an append', { cause }));
      }
      call.waiting.clear();
    };
    stream.on('data', (response: BatchAppendResp) => {
      call.answers++;
      const id = response.getCorrelationId()?.getString() ?? '';
      const waiting = call.waiting.get(id);
      if (waiting === undefined) return;
      call.waiting.delete(id);
      clearTimeout(waiting.timer);
      waiting.resolve(response);
    });
    stream.on('error', end);
    stream.on('end', () => end());
    return call;
  }
}

/** The client connects anew when a call of it ends so. */
function giveUp(stream: BatchAppendStream): void {
  stream.destroy(new UnavailableError(undefined, 'the event store does not answer'));
  stream.cancel();
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new OutcomeUnknown(`no connection within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
