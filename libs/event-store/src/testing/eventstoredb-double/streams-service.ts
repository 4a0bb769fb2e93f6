import { type sendUnaryData, type ServerDuplexStream, type ServerReadableStream, type ServerUnaryCall, status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { Empty } from '@eventstore/db-client/generated/shared_pb';
import { type AppendReq, type AppendResp, type BatchAppendReq, type BatchAppendResp, type DeleteReq, DeleteResp, type TombstoneReq, TombstoneResp } from '@eventstore/db-client/generated/streams_pb';
import { asFailure, Failure, streamDeleted } from './failure';
import type { Faults } from './faults';
import type { ProposedEvent } from './log';
import { appendResponse, batchNotReady, batchResponse, batchTimeout, batchTooLarge, LARGEST_APPEND, nameOf, proposedEvent, sizeOf, uuidOf } from './messages';
import { readAll, type ReadCall, readStream } from './reading';
import type { DoubleStore, Expected, Outcome } from './store';
import { subscribeToAll } from './subscribing';

export interface ServiceParts {
  readonly store: DoubleStore;
  readonly faults: Faults;
  /** Cuts every connection, without a word. */
  readonly cutConnections: () => void;
  readonly activity: Activity;
}

/** What the double has had to do. */
export interface Activity {
  /** Reads and subscriptions that are open now. */
  openReads: number;
  /** Live subscriptions that were given up, since the start. */
  droppedSubscriptions: number;
}

const NEVER = new Promise<never>(() => {});

export function streamsService(parts: ServiceParts): UntypedServiceImplementation {
  return {
    read: (call: ReadCall) => void read(parts, call),
    append: (call: ServerReadableStream<AppendReq, AppendResp>, callback: sendUnaryData<AppendResp>) => void answer(callback, append(parts, call)),
    batchAppend: (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>) => batchAppend(parts, call),
    delete: (call: ServerUnaryCall<DeleteReq, DeleteResp>, callback: sendUnaryData<DeleteResp>) => void answer(callback, remove(parts, call)),
    tombstone: (call: ServerUnaryCall<TombstoneReq, TombstoneResp>, callback: sendUnaryData<TombstoneResp>) => void answer(callback, tombstone(parts, call)),
  };
}

async function read({ store, faults, activity }: ServiceParts, call: ReadCall): Promise<void> {
  // Without a listener an error of the connection would end the process.
  call.on('error', () => {});
  activity.openReads++;
  try {
    await faults.pass();
    const options = call.request.getOptions();
    if (options?.hasSubscription() !== true) await (options?.hasAll() === true ? readAll(store, call) : readStream(store, call));
    else if (options.hasAll()) await subscribeToAll(store, faults, call);
    else throw new Failure(status.UNIMPLEMENTED, 'the double has no subscriptions to one stream');
    call.end();
  } catch (error) {
    if (asFailure(error).code === status.ABORTED) activity.droppedSubscriptions++;
    call.emit('error', asFailure(error));
  } finally {
    activity.openReads--;
  }
}

/** Runs an append through the faults that are switched on. */
async function faultyAppend({ store, faults, cutConnections }: ServiceParts, stream: string, expected: Expected, events: readonly ProposedEvent[]): Promise<Outcome> {
  await faults.pass();
  if (faults.take('loseBeforeAppend')) {
    cutConnections();
    return NEVER;
  }
  const outcome = await store.append(stream, expected, events);
  if (faults.take('loseAfterAppend')) {
    cutConnections();
    return NEVER;
  }
  await faults.pass();
  return faults.take('swallowAnswers') ? NEVER : outcome;
}

async function append(parts: ServiceParts, call: ServerReadableStream<AppendReq, AppendResp>): Promise<AppendResp> {
  let stream = '';
  let expected: Expected = 'any';
  const events: ProposedEvent[] = [];
  for await (const part of call as AsyncIterable<AppendReq>) {
    const options = part.getOptions();
    const message = part.getProposedMessage();
    if (options !== undefined) {
      stream = nameOf(options.getStreamIdentifier());
      expected = expectedOf(options, Number(options.getRevision()));
    }
    if (message !== undefined) events.push(proposedEvent(message));
  }
  if (parts.faults.now.notReady) throw new Failure(status.UNAVAILABLE, 'Server Is Not Ready');
  if (sizeOf(events) > LARGEST_APPEND) throw new Failure(status.INVALID_ARGUMENT, 'Maximum Append Size Exceeded', { exception: 'maximum-append-size-exceeded', 'maximum-append-size': String(LARGEST_APPEND) });
  const outcome = await faultyAppend(parts, stream, expected, events);
  if (outcome.kind === 'tombstoned') throw streamDeleted(stream);
  return appendResponse(outcome);
}

interface Gathering {
  readonly stream: string;
  readonly expected: Expected;
  readonly deadline: number;
  readonly events: ProposedEvent[];
}

function batchAppend(parts: ServiceParts, call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void {
  const gathering = new Map<string, Gathering>();
  call.on('error', () => {});
  call.on('end', () => call.end());
  call.on('data', (part: BatchAppendReq) => {
    try {
      const id = uuidOf(part.getCorrelationId());
      const options = part.getOptions();
      if (options !== undefined) {
        const deadline = options.getDeadline()?.toDate().getTime() ?? Number.POSITIVE_INFINITY;
        gathering.set(id, { stream: nameOf(options.getStreamIdentifier()), expected: expectedOf(options, Number(options.getStreamPosition())), deadline, events: [] });
      }
      const request = gathering.get(id);
      if (request === undefined) return;
      request.events.push(...part.getProposedMessagesList().map(proposedEvent));
      if (!part.getIsFinal()) return;
      gathering.delete(id);
      void answerBatch(parts, call, part, request);
    } catch {
      // As the server does: what cannot be read leaves the call open and unanswered, for this append and all later ones.
      call.removeAllListeners('data').pause();
    }
  });
}

async function answerBatch(parts: ServiceParts, call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>, part: BatchAppendReq, { stream, expected, deadline, events }: Gathering): Promise<void> {
  const id = part.getCorrelationId();
  const respond = (response: BatchAppendResp) => void (call.cancelled || call.write(response));
  if (parts.faults.now.notReady) return respond(batchNotReady(id, stream));
  if (sizeOf(events) > LARGEST_APPEND) return respond(batchTooLarge(id, stream));
  try {
    const outcome = await faultyAppend(parts, stream, expected, events);
    respond(Date.now() > deadline || parts.faults.take('timeOutAppends') ? batchTimeout(id, stream) : batchResponse(id, stream, outcome));
  } catch (error) {
    call.emit('error', asFailure(error));
  }
}

async function remove({ store, faults }: ServiceParts, call: ServerUnaryCall<DeleteReq, DeleteResp>): Promise<DeleteResp> {
  const options = call.request.getOptions();
  const stream = nameOf(options?.getStreamIdentifier());
  await faults.pass();
  const outcome = await store.delete(stream, options === undefined ? 'any' : expectedOf(options, Number(options.getRevision())));
  const response = new DeleteResp();
  const position = new DeleteResp.Position();
  position.setCommitPosition(String(positionOrThrow(stream, outcome)));
  position.setPreparePosition(position.getCommitPosition());
  response.setPosition(position);
  return response;
}

async function tombstone({ store, faults }: ServiceParts, call: ServerUnaryCall<TombstoneReq, TombstoneResp>): Promise<TombstoneResp> {
  const options = call.request.getOptions();
  const stream = nameOf(options?.getStreamIdentifier());
  await faults.pass();
  positionOrThrow(stream, await store.tombstone(stream, options === undefined ? 'any' : expectedOf(options, Number(options.getRevision()))));
  const response = new TombstoneResp();
  response.setNoPosition(new Empty());
  return response;
}

function positionOrThrow(stream: string, outcome: Outcome): number {
  if (outcome.kind === 'written') return outcome.position;
  if (outcome.kind === 'tombstoned') throw streamDeleted(stream);
  const expected = typeof outcome.expected === 'number' ? outcome.expected : { no_stream: -1, any: -2, stream_exists: -4 }[outcome.expected];
  throw new Failure(status.FAILED_PRECONDITION, 'Wrong Expected Version', {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': String(expected),
    ...(outcome.current < 0 ? {} : { 'actual-version': String(outcome.current) }),
  });
}

interface ExpectedOptions {
  hasNoStream(): boolean;
  hasAny(): boolean;
  hasStreamExists(): boolean;
}

function expectedOf(options: ExpectedOptions, revision: number): Expected {
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasAny()) return 'any';
  return options.hasStreamExists() ? 'stream_exists' : revision;
}

async function answer<T>(callback: sendUnaryData<T>, response: Promise<T>): Promise<void> {
  try {
    callback(null, await response);
  } catch (error) {
    callback(asFailure(error));
  }
}
