import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { uuid5 } from '@tillroll/kernel';
import { projections } from '@tillroll/shop/contexts';
import { projected } from '@tillroll/testing';
import { isDeepStrictEqual } from 'node:util';
import { expecting } from '../../support/shop-client';
import type { Evidence } from '../evidence';
import { wasRefused } from './progress';

/**
 * An accepted command's events are in the store; each reaches the bus at least once, in order per stream; its effect in a
 * consumer happens once. A read model equals the fold of the events at its position.
 */
export const eventsAreTheTruth = async (evidence: Evidence): Promise<readonly string[]> => [
  ...acceptedCommands(evidence),
  ...effects(evidence),
  ...(await evidence.world.shop.time.during(feed(evidence))),
  ...(await readModels(evidence)),
];

/** These write nothing when it is already so. */
const MAY_WRITE_NOTHING = [/^(PATCH|DELETE) /, /\/sync$/, /\/payments$/, /^POST \/orders$/];

function acceptedCommands({ world, events, orders }: Evidence): readonly string[] {
  const wrong: string[] = [];
  const commands = new Set(events.map(({ metadata }) => metadata.commandId));
  for (const { commandId, write } of world.accepted()) {
    const name = `${write.method} ${write.path}`;
    if (!commands.has(commandId) && !MAY_WRITE_NOTHING.some((pattern) => pattern.test(name))) wrong.push(`${name} was accepted, and nothing came of it`);
    const isLost = name === 'POST /orders' && !orders.some(({ orderId }) => orderId === write.answer.body.orderId);
    if (isLost && (write.answer.status === 201 || !wasRefused(String(write.answer.body.orderId), events))) wrong.push(`order ${String(write.answer.body.orderId)} was accepted and is lost`);
    if (name.endsWith('/payments') && !events.some(({ type, data }) => type === 'OrderPaymentRequested' && data['paymentId'] === write.answer.body.paymentId)) wrong.push(`payment ${String(write.answer.body.paymentId)} was accepted and is lost`);
  }
  return wrong;
}

/** A command's events have ids that follow from it, stand together in their stream, and are there once. */
function effects({ log, notices }: Evidence): readonly string[] {
  const wrong: string[] = [];
  const seen = new Set<string>();
  const runs = new Map<string, { readonly commandId: string; readonly index: number }>();
  for (const { id, streamId, type, metadata: { commandId } } of log) {
    if (seen.has(id)) wrong.push(`event ${id} (${type}) is there twice`);
    seen.add(id);
    const before = runs.get(streamId);
    const index = before?.commandId === commandId ? before.index + 1 : 0;
    runs.set(streamId, { commandId, index });
    if (id !== uuid5(commandId, index)) wrong.push(`${type} in ${streamId} is not the event ${index} of its command: it was carried out twice`);
  }
  const told = Map.groupBy(notices, ({ noticeId }) => noticeId);
  for (const [noticeId, same] of told) if (same.length > 1) wrong.push(`notice ${noticeId} was given ${same.length} times`);
  const once = Map.groupBy(notices.filter(({ type }) => type !== 'payment-failed' && type !== 'payment-returned'), ({ type, orderId }) => `${type} of order ${orderId}`);
  for (const [what, same] of once) if (same.length > 1) wrong.push(`${what} was told ${same.length} times`);
  return wrong;
}

interface CloudEvent {
  readonly id: string;
  readonly subject: string;
  readonly sequence: string | number;
}

async function feed({ world, published }: Evidence): Promise<readonly string[]> {
  const admin = await world.admin();
  const fed: CloudEvent[] = [];
  for (let after = ''; ; ) {
    const { data, page } = await expecting(200, admin.get(`/events?limit=100${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`));
    fed.push(...(data as readonly CloudEvent[]));
    if ((data as readonly CloudEvent[]).length < 100) break;
    after = page.next;
  }
  const expected = published.filter(({ visibility }) => visibility === 'public').map(({ id }) => id);
  const wrong: string[] = isDeepStrictEqual(fed.map(({ id }) => id), expected) ? [] : [`the feed has ${fed.length} events, the log ${expected.length}, or they come in another order`];
  const last = new Map<string, number>();
  for (const { subject, sequence } of fed) {
    if (Number(sequence) <= (last.get(subject) ?? -1)) wrong.push(`the feed goes back in ${subject} at ${sequence}`);
    last.set(subject, Number(sequence));
  }
  return wrong;
}

async function readModels({ world, published }: Evidence): Promise<readonly string[]> {
  const models = world.shop.app.get<ReadModels>(READ_MODELS);
  const wrong: string[] = [];
  for (const projection of projections) {
    for (const [id, document] of projected(projection, published)) {
      const kept = await models.get(projection.name, id);
      if (!isDeepStrictEqual(toJson(kept), toJson(document))) wrong.push(`${projection.name} ${id} is ${JSON.stringify(kept)}, its events make ${JSON.stringify(document)}`);
    }
  }
  return wrong;
}

const toJson = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
