import { Inject, Injectable } from '@nestjs/common';
import { createTranslator } from '@tillroll/event-bus';
import { EVENT_STORE, type EventStore } from '@tillroll/event-store';
import { READ_GATE, type ReadGate, type ServerSentEvent } from '@tillroll/http';
import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { PERSONAL_DATA, type PersonalData, withReadableTexts } from '@tillroll/secrets';
import { orderPublications } from '../../public';
import { NOTICES, type NoticeDocument, shownNotice } from '../read/notices-projection';
import { NoticeFeed } from './notice-feed';

const CATCH_UP_MS = 5000;
const PAGE = 100;
/** Sorts behind every notice id: positions are unique, so the place behind one of them is enough. */
const BEHIND_ALL_IDS = '~';

/** One feed of the orders' streams for all customers that listen; there is none while nobody does. */
@Injectable()
export class LiveNotices {
  private feed: NoticeFeed | undefined;

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(READ_MODELS) private readonly readModels: ReadModels,
    @Inject(READ_GATE) private readonly readGate: ReadGate,
    @Inject(PERSONAL_DATA) private readonly personalData: PersonalData,
  ) {}

  /** The customer's notices after a position of the log (left out: those still to come). Ends early when it cannot go on without a gap. */
  async *follow(customerId: string, after: number | undefined, signal: AbortSignal): AsyncIterable<ServerSentEvent> {
    const feed = await this.open();
    const follower = feed.join(customerId, signal);
    try {
      if (after !== undefined && after < follower.from) {
        if (!(await this.readGate.caughtUp(follower.from, CATCH_UP_MS))) return;
        yield* this.stored(customerId, after, follower.from);
      }
      for await (const notice of follower.notices()) yield this.serverSent(notice);
    } finally {
      feed.leave(customerId, follower);
      if (feed.isDeserted) this.close(feed);
    }
  }

  private async serverSent(notice: NoticeDocument): Promise<ServerSentEvent> {
    return { id: String(notice.position), event: notice.type, data: await withReadableTexts(this.personalData, notice.customerId, shownNotice(notice)) };
  }

  private async open(): Promise<NoticeFeed> {
    if (this.feed === undefined) {
      const feed = new NoticeFeed(this.store, createTranslator([orderPublications]));
      this.feed = feed;
      void feed.run().finally(() => this.close(feed));
    }
    const feed = this.feed;
    await feed.ready;
    return feed;
  }

  private close(feed: NoticeFeed): void {
    feed.stop();
    if (this.feed === feed) this.feed = undefined;
  }

  private async *stored(customerId: string, after: number, upTo: number): AsyncIterable<ServerSentEvent> {
    let place = { value: after, id: BEHIND_ALL_IDS };
    for (;;) {
      const page = await this.readModels.find<NoticeDocument>(NOTICES, {
        where: { customerId },
        orderBy: 'position',
        direction: 'ascending',
        after: place,
        limit: PAGE,
      });
      for (const { document } of page) {
        if (document.position > upTo) return;
        yield this.serverSent(document);
        place = { value: document.position, id: BEHIND_ALL_IDS };
      }
      if (page.length < PAGE) return;
    }
  }
}
