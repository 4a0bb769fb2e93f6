import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { cart, order, publicationsOf, schemaIdOf } from '@tillroll/contracts';
import { exampleOf } from '@tillroll/contracts/documents/examples';
import { EVENT_STORE, type EventStore, type NewEvent } from '@tillroll/event-store';
import { openEmbeddedEventStore } from '@tillroll/event-store/embedded/embedded-event-store';
import { EmbeddedEngine } from '@tillroll/event-store/embedded/engine';
import { configureHttp, createHttpAdapter, createLog, createMetrics, type HttpEdge, type TokenVerifier } from '@tillroll/http';
import { systemClock, uuid5 } from '@tillroll/kernel';
import { Agent, fetch, type Response } from 'undici';
import type { Publications } from '../port';
import { newEvent } from '../testing/happenings';
import { createTranslator, TRANSLATOR } from '../translate';
import type { CloudEvent } from './cloud-event';
import { EventFeedModule } from './event-feed.module';

const publications: readonly Publications[] = [
  { context: 'cart', prefixes: ['cart-'], events: publicationsOf(cart) },
  { context: 'order', prefixes: ['order-'], events: publicationsOf(order) },
];

interface FeedAnswer {
  readonly data: readonly CloudEvent[];
  readonly page: { readonly next: string };
}

/** A token is the roles of its bearer. */
const verifier: TokenVerifier = {
  verify: async (token) => ({ customerId: uuid5('caller'), roles: token.split('+'), expiresAt: Number.MAX_SAFE_INTEGER }),
};

describe('the feed of public events', () => {
  let directory: string;
  let engine: EmbeddedEngine;
  let store: EventStore;
  let app: NestFastifyApplication;
  let edge: HttpEdge;
  let base: string;
  let connections: Agent;

  beforeEach(async () => {
    connections = new Agent();
    directory = await mkdtemp(join(tmpdir(), 'tillroll-feed-'));
    engine = EmbeddedEngine.open({ directory });
    store = openEmbeddedEventStore({ engine });
    const ports = [{ provide: EVENT_STORE, useValue: store }, { provide: TRANSLATOR, useValue: createTranslator(publications) }];

    @Global()
    @Module({ providers: ports, exports: ports.map(({ provide }) => provide) })
    class Ports {}

    @Module({ imports: [Ports, EventFeedModule] })
    class Feed {}

    app = await NestFactory.create<NestFastifyApplication>(Feed, createHttpAdapter({ trustProxy: 0 }), { logger: false, bodyParser: false });
    edge = configureHttp(app, {
      settings: { rateLimit: undefined },
      clock: systemClock,
      log: createLog({ logLevel: 'silent', logFormat: 'json' }),
      verifier,
      revoked: { isRevoked: () => false },
      idempotency: { begin: () => ({ state: 'new' }), finish: async () => true, forget: () => undefined, leaveOpen: () => undefined, start: () => undefined, stop: () => undefined },
      consistency: { issue: String, read: Number },
      readGate: { head: () => store.head(), caughtUp: () => true },
      health: [],
      metrics: createMetrics(),
    });
    await app.listen(0, '127.0.0.1');
    base = await app.getUrl();
  });
  afterEach(async () => {
    edge.stop();
    await connections.destroy();
    await app.close();
    await store.close();
    await engine.close();
    await rm(directory, { recursive: true });
  });

  const revisions = new Map<string, number>();
  beforeEach(() => revisions.clear());

  const append = async (streamId: string, ...types: readonly string[]): Promise<void> => {
    const before = revisions.get(streamId) ?? -1;
    const contracts = { ...cart, ...order };
    const events = types.map((type, i): NewEvent => {
      const contract = Object.entries(contracts).find(([name]) => name === type)?.[1];
      return newEvent(uuid5(streamId, before + 1 + i), type, contract?.visibility === 'public' ? exampleOf(contract) : {});
    });
    await store.append(streamId, before === -1 ? 'no_stream' : before, events);
    revisions.set(streamId, before + types.length);
  };

  const get = (query: string, headers: Readonly<Record<string, string>> = {}, signal?: AbortSignal): Promise<Response> =>
    fetch(`${base}/v1/events${query}`, { dispatcher: connections, headers: { authorization: 'Bearer ops', ...headers }, ...(signal === undefined ? {} : { signal }) });

  const page = async (query: string): Promise<FeedAnswer> => {
    const response = await get(query);
    expect(response.status).toBe(200);
    return (await response.json()) as FeedAnswer;
  };

  const namesOf = (events: readonly CloudEvent[]): readonly string[] => events.map(({ type, subject, sequence }) => `${type.split('.')[2]} ${subject} ${sequence}`);

  it('answers with CloudEvents', async () => {
    await append('order-1', 'OrderShipped');
    const { data } = await page('');
    expect(data).toEqual([
      {
        specversion: '1.0', id: uuid5('order-1', 0), source: '/tillroll/order', type: 'tillroll.order.order-shipped.v1', subject: 'order-1',
        time: '2026-01-01T00:00:00.000Z', datacontenttype: 'application/json', dataschema: schemaIdOf('tillroll.order.order-shipped.v1'),
        sequence: 0, correlationid: uuid5('order-1', 0), causationid: uuid5('order-1', 0), actor: 'system:test', data: exampleOf(order.OrderShipped),
      },
    ]);
  });

  it('has the public events of all contexts in order, page by page, and a cursor to go on from also at the end', async () => {
    await append('order-1', 'OrderPlaced', 'OrderStockHeld', 'OrderConfirmed');
    await append('cart-1', 'ItemAdded', 'CartLocked', 'CartCheckedOut');
    const first = await page('?limit=4');
    expect(namesOf(first.data)).toEqual(['order-placed order-1 0', 'order-confirmed order-1 2', 'item-added cart-1 0', 'cart-locked cart-1 1']);
    const second = await page(`?limit=4&after=${first.page.next}`);
    expect(namesOf(second.data)).toEqual(['cart-checked-out cart-1 2']);
    const third = await page(`?after=${second.page.next}`);
    expect(third.data).toEqual([]);
    await append('order-1', 'OrderStockCommitted', 'OrderProcessing');
    expect(namesOf((await page(`?after=${third.page.next}`)).data)).toEqual(['order-processing order-1 4']);
  });

  it('starts empty, with a cursor', async () => {
    const { data, page: { next } } = await page('');
    expect(data).toEqual([]);
    expect((await page(`?after=${next}`)).page.next).toBe(next);
  });

  it('can be of one context only', async () => {
    await append('order-1', 'OrderPlaced');
    await append('cart-1', 'ItemAdded');
    expect(namesOf((await page('?context=cart')).data)).toEqual(['item-added cart-1 0']);
    expect((await page('?context=payment')).data).toEqual([]);
  });

  it.each([
    ['?context=kitchen', 'context'],
    ['?context=cart&context=order', 'context'],
    ['?after=garbage', 'after'],
    [`?after=${Buffer.from('[1,3,"orders"]').toString('base64url')}`, 'after'],
    [`?after=${Buffer.from('[1,999999,"events"]').toString('base64url')}`, 'after'],
    ['?limit=0', 'limit'],
    ['?limit=101', 'limit'],
    ['?limit=many', 'limit'],
  ])('refuses %s and says that %s is at fault', async (query, parameter) => {
    await append('order-1', 'OrderPlaced');
    const response = await get(query);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'validation_failed', errors: [{ parameter }] });
  });

  it('is for operators', async () => {
    expect((await get('', { authorization: 'Bearer admin' })).status).toBe(403);
    expect((await fetch(`${base}/v1/events`, { dispatcher: connections })).status).toBe(401);
  });

  describe('live', () => {
    const EVENT_STREAM = { accept: 'text/event-stream' };

    /** Reads so many events and leaves. */
    const listen = async (count: number, query: string, headers: Readonly<Record<string, string>>, onOpen: () => Promise<void> = async () => undefined) => {
      const leaving = new AbortController();
      const response = await get(query, { ...EVENT_STREAM, ...headers }, leaving.signal);
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      await onOpen();
      const found: { readonly id: string; readonly event: CloudEvent }[] = [];
      let text = '';
      for await (const chunk of (response.body ?? new ReadableStream<Uint8Array>()).pipeThrough(new TextDecoderStream())) {
        text += chunk;
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const id = /^id: (.*)$/m.exec(block)?.[1];
          const data = /^data: (.*)$/m.exec(block)?.[1];
          if (id !== undefined && data !== undefined) found.push({ id, event: JSON.parse(data) as CloudEvent });
        }
        if (found.length >= count) break;
      }
      leaving.abort();
      return found;
    };

    it('begins with what comes next', async () => {
      await append('order-1', 'OrderPlaced');
      const found = await listen(2, '', {}, () => append('order-1', 'OrderStockHeld', 'OrderConfirmed', 'OrderProcessing'));
      expect(namesOf(found.map(({ event }) => event))).toEqual(['order-confirmed order-1 2', 'order-processing order-1 3']);
    });

    it('resumes behind Last-Event-ID without a gap and without a repeat', async () => {
      await append('order-1', 'OrderPlaced', 'OrderConfirmed');
      const [first] = await listen(1, '', { 'last-event-id': (await page('?limit=1')).page.next });
      expect(first?.event.sequence).toBe(1);
      await append('order-1', 'OrderProcessing');
      const again = await listen(2, '?context=order', { 'last-event-id': first?.id ?? '' }, () => append('order-1', 'OrderShipped'));
      expect(namesOf(again.map(({ event }) => event))).toEqual(['order-processing order-1 2', 'order-shipped order-1 3']);
    });

    it('begins behind a cursor of a page', async () => {
      await append('order-1', 'OrderPlaced', 'OrderConfirmed');
      const found = await listen(1, `?after=${(await page('?limit=1')).page.next}`, {});
      expect(found.map(({ event }) => event.sequence)).toEqual([1]);
    });

    it('refuses a Last-Event-ID that it never sent', async () => {
      const response = await get('', { ...EVENT_STREAM, 'last-event-id': '17' });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'validation_failed', errors: [{ parameter: 'Last-Event-ID' }] });
    });
  });
});
