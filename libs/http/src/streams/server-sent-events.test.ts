import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { Controller, Get, Req, Res } from '@nestjs/common';
import { uuid7 } from '@tillroll/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { notFound } from '../problems/refusals';
import { EdgeApp } from '../testing/edge-app';
import { type ServerSentEvent, sendServerSentEvents } from './server-sent-events';

interface Source {
  asked: number;
  ended: boolean;
  next: (signal: AbortSignal) => Promise<ServerSentEvent | undefined>;
}

let source: Source;

async function* events(signal: AbortSignal): AsyncIterable<ServerSentEvent> {
  try {
    for (;;) {
      source.asked++;
      const event = await source.next(signal);
      if (event === undefined) return;
      yield event;
    }
  } finally {
    source.ended = true;
  }
}

const untilAborted = (signal: AbortSignal) => once(signal, 'abort').then(() => undefined);

@Controller('things')
class StreamController {
  @Get('stream')
  async stream(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await sendServerSentEvents(request, reply, events);
  }

  @Get('missing')
  async missing(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    if (request.caller !== undefined) notFound();
    await sendServerSentEvents(request, reply, events);
  }
}

describe('server-sent events', () => {
  let edge: EdgeApp;
  let token: string;
  beforeEach(async () => {
    source = { asked: 0, ended: false, next: untilAborted };
    edge = await EdgeApp.start({ controllers: [StreamController] });
    token = await edge.token();
  });
  afterEach(() => edge.close());

  const open = async (by = token): Promise<IncomingMessage> => {
    const request = httpRequest(`${edge.url}/v1/things/stream`, { headers: { authorization: `Bearer ${by}` } });
    request.on('error', () => undefined);
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    return response;
  };
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise(setImmediate);
  };
  const textOf = async (response: IncomingMessage) => {
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return text;
  };

  it('are sent as they come, and the answer ends with its source', async () => {
    const sent: ServerSentEvent[] = [{ id: '1', event: 'order-placed', data: { note: 'a\nb' } }, { id: '2\n3', data: [1] }];
    source.next = async () => sent[source.asked - 1];
    const response = await open();
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store, no-transform', 'x-content-type-options': 'nosniff' });
    expect(await textOf(response)).toBe('retry: 1000\n\nid: 1\nevent: order-placed\ndata: {"note":"a\\nb"}\n\nid: 2 3\ndata: [1]\n\n');
    expect(source.ended).toBe(true);
  });

  it('end when the client leaves', async () => {
    (await open()).destroy();
    await until(() => source.ended);
  });

  it('end when the shop stops, and none begins then', async () => {
    const response = await open();
    edge.edge.stop();
    expect(await textOf(response)).toBe('retry: 1000\n\n');
    expect(source.ended).toBe(true);
    expect(await edge.call('GET', '/v1/things/stream', { token })).toMatchObject({ status: 503, json: { code: 'service_unavailable' } });
  });

  it('wait for a client that does not read, and keep nothing for it', async () => {
    const data = 'x'.repeat(64 * 1024);
    source.next = async () => ({ id: String(source.asked), data });
    const response = await open();
    response.pause();
    let before = -1;
    while (before !== source.asked) {
      before = source.asked;
      for (let turn = 0; turn < 300; turn++) await new Promise(setImmediate);
    }
    expect(source.asked).toBeLessThan(400);
    response.destroy();
    await until(() => source.ended);
  });

  it('let go of a client that takes nothing for long', async () => {
    source.next = async () => ({ id: String(source.asked), data: 'x'.repeat(64 * 1024) });
    const response = await open();
    response.pause();
    let before = -1;
    while (before !== source.asked) {
      before = source.asked;
      for (let turn = 0; turn < 300; turn++) await new Promise(setImmediate);
    }
    await edge.clock.advance(30_000);
    await until(() => source.ended);
    response.destroy();
  });

  it('have a heartbeat, so that proxies keep the connection', async () => {
    const response = await open();
    let text = '';
    response.on('data', (chunk) => (text += String(chunk)));
    await edge.clock.advance(30_000);
    await until(() => text.split(': still here').length === 3);
    response.destroy();
    await until(() => source.ended);
  });

  it('answer a refusal as any other route does', async () =>
    expect(await edge.call('GET', '/v1/things/missing', { token })).toMatchObject({ status: 404, json: { code: 'not_found' } }));

  it('end when the source fails, which is logged', async () => {
    source.next = () => Promise.reject(new Error('the source is broken'));
    expect(await textOf(await open())).toBe('retry: 1000\n\n');
    expect(edge.logged.join('')).toContain('the source is broken');
  });

  it('are so many for one caller and no more', async () => {
    const streams = await Promise.all(Array.from({ length: 20 }, () => open()));
    expect(streams.map(({ statusCode }) => statusCode)).toEqual(Array(20).fill(200));
    expect(await edge.call('GET', '/v1/things/stream', { token })).toMatchObject({ status: 429, json: { code: 'rate_limited' } });
    const other = await open(await edge.token([], uuid7(0)));
    expect(other.statusCode).toBe(200);
    for (const stream of [...streams, other]) stream.destroy();
  });

  it('are nothing but headers for HEAD', async () => {
    const { status, headers, text } = await edge.call('HEAD', '/v1/things/stream', { token });
    expect([status, headers.get('content-type'), text]).toEqual([200, 'text/event-stream; charset=utf-8', '']);
    expect(source.asked).toBe(0);
  });

  it('are counted', async () => {
    const stream = await open();
    expect((await edge.call('GET', '/metrics')).text).toContain('http_event_streams 1');
    stream.destroy();
  });
});
