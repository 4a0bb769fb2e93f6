import { Module } from '@nestjs/common';
import { EventsController } from './events.controller';
import { PublicFeed } from './public-feed';

/** `GET /v1/events`. Needs `EVENT_STORE` and `TRANSLATOR` from a global module. */
@Module({ controllers: [EventsController], providers: [PublicFeed] })
export class EventFeedModule {}
