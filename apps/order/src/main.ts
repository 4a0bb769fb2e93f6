import '@tillroll/service/program/require-node-24';
import 'reflect-metadata';
import { EventFeedModule } from '@tillroll/event-bus/http/event-feed.module';
import { PAYMENT_METHODS } from '@tillroll/order';
import { testMethods } from '@tillroll/sandbox-gateway/intents/test-methods';
import { orderContext } from '@tillroll/service/contexts/order';
import { runService } from '@tillroll/service/program/run-service';
import { LiveAudit } from '@tillroll/shop/audit/live-audit';

/** Beside the orders: the feed of public events and the live audit, which look at all contexts through their events. */
runService({
  name: 'order',
  contexts: [orderContext],
  equip: () => ({ modules: [EventFeedModule], providers: [{ provide: PAYMENT_METHODS, useValue: [...testMethods.keys()] }] }),
  openAudit: (parts) => new LiveAudit(parts),
});
