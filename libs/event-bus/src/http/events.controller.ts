import { Controller, Get, Headers, Inject, Query, Req, Res } from '@nestjs/common';
import { exampleOf, exampleSubjectOf } from '@tillroll/contracts/documents/examples';
import { order, schemaIdOf } from '@tillroll/contracts';
import { Answers, Immediate, Problems, Roles, sendServerSentEvents, type ServerSentEvent } from '@tillroll/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CloudEvent } from './cloud-event';
import { FeedQuery, feedCursor, positionOf } from './feed-query';
import { PublicFeed } from './public-feed';

const DEFAULT_LIMIT = 20;

const example: CloudEvent = {
  specversion: '1.0',
  id: '71c4d8e2-5b9f-5a36-8d07-4e2f9c1b6a83',
  source: '/tillroll/order',
  type: order.OrderShipped.type,
  subject: exampleSubjectOf(order.OrderShipped),
  time: '2026-03-14T09:26:53.589Z',
  datacontenttype: 'application/json',
  dataschema: schemaIdOf(order.OrderShipped.type),
  sequence: 7,
  correlationid: '3e9b1c57-0a4d-5f86-92b7-d8c5e6f1a024',
  causationid: '3e9b1c57-0a4d-5f86-92b7-d8c5e6f1a024',
  actor: 'admin:0198f2a1-1c4e-7b90-8d52-6e3f7a9c0b18',
  data: exampleOf(order.OrderShipped),
};

/** The public events for whoever consumes them without Kafka: page by page, or live. */
@Controller('events')
@Roles('ops')
export class EventsController {
  constructor(@Inject(PublicFeed) private readonly feed: PublicFeed) {}

  /**
   * `after` goes on behind a cursor, from the first event on without one; `page.next` is always a cursor. As a live
   * stream it resumes behind `Last-Event-ID`, else behind `after`, and begins with what comes next without either.
   */
  @Get()
  @Immediate()
  @Problems('validation_failed')
  @Answers({
    status: 200,
    description: 'Public events as CloudEvents 1.0, the oldest first. With `Accept: text/event-stream` a live stream of them.',
    example: { data: [example], page: { next: feedCursor(41) } },
  })
  async events(
    @Query() { context, after, limit = DEFAULT_LIMIT }: FeedQuery,
    @Headers('accept') accept: string | undefined,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const head = await this.feed.head();
    const position = after === undefined ? undefined : positionOf(after, head, 'after');
    if (wantsStream(accept)) {
      const resumed = lastEventId === undefined ? position : positionOf(lastEventId, head, 'Last-Event-ID');
      await sendServerSentEvents(request, reply, (signal) => this.live(resumed ?? head, signal, context));
      return;
    }
    const page = await this.feed.page(position ?? 0, limit, context);
    await reply.send({ data: page.events, page: { next: feedCursor(page.position) } });
  }

  private async *live(after: number, signal: AbortSignal, context: string | undefined): AsyncIterable<ServerSentEvent> {
    for await (const { event, position } of this.feed.follow(after, signal, context)) yield { id: feedCursor(position), data: event };
  }
}

/** A browser's EventSource and every client that asks for nothing else. */
const wantsStream = (accept: string | undefined): boolean => /\btext\/event-stream\b/i.test(accept ?? '');
