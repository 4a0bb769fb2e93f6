import { createTranslator } from '@tillroll/event-bus';
import { systemClock } from '@tillroll/kernel';
import { sandboxPaymentGateway } from '@tillroll/payment';
import type { GatewayIntent } from '@tillroll/payment/gateway/port';
import { type LedgerDifference, reconcileLedgers } from '@tillroll/payment/gateway/reconcile-ledgers';
import { type PaymentDocument, PAYMENTS } from '@tillroll/payment/read/payments-projection';
import { readSettings } from '@tillroll/settings';
import { auditStore } from '@tillroll/shop/audit/audit-store';
import { type AuditedPlace, openAuditedPlace } from '@tillroll/shop/audit/audited-place';
import type { Violation } from '@tillroll/shop/audit/violation';
import { publications } from '@tillroll/shop/contexts';
import { WEBHOOK_SECRET } from './provider';
import type { EngineAddresses } from './service-processes';

/** Where a shop keeps what it knows: a data directory, or engines. */
export type Kept = string | EngineAddresses;

/** Reads what a shop keeps, beside it. */
async function beside<T>(kept: Kept, read: (place: AuditedPlace) => Promise<T>): Promise<T> {
  const place = await openAuditedPlace(readSettings(typeof kept === 'string' ? { DATA_DIR: kept } : { ...kept }));
  try {
    return await read(place);
  } finally {
    await place.close();
  }
}

/** What the audit finds. `now`: judged as if it were that late. */
export const violationsIn = (kept: Kept, now: number): Promise<readonly Violation[]> =>
  beside(kept, async ({ store, readModels }) => {
    const { invariants } = await auditStore({ store, readModels, translator: createTranslator(publications), now });
    return invariants.flatMap(({ violations }) => violations);
  });

const PAGE = 500;

/** Where the shop's books and those of the stand-in provider at `url` differ. */
export async function differencesBetweenLedgers(kept: Kept, url: string, isWanted: (orderId: string) => boolean = () => true): Promise<readonly LedgerDifference[]> {
  const payments = await beside(kept, async ({ readModels }) => {
    const live = (await readModels.generations()).find(({ projection, state }) => projection === PAYMENTS && state === 'live');
    const found: PaymentDocument[] = [];
    for (let after = ''; live !== undefined; ) {
      const page = await readModels.scan(live.id, { after, limit: PAGE });
      found.push(...page.map(({ document }) => document as PaymentDocument));
      const last = page.at(-1);
      if (page.length < PAGE || last === undefined) break;
      after = last.id;
    }
    return found;
  });
  return reconcileLedgers(payments.filter(({ orderId }) => isWanted(orderId)), (await intentsAt(url)).filter(({ orderId }) => isWanted(orderId ?? '')));
}

/** Everything that the stand-in provider at `url` has in its books. */
export async function intentsAt(url: string): Promise<readonly GatewayIntent[]> {
  const gateway = sandboxPaymentGateway({ baseUrl: `${url}/sandbox/v1`, apiKey: 'sk_sandbox', webhookSecret: WEBHOOK_SECRET, clock: systemClock });
  const intents: GatewayIntent[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await gateway.listIntents({ limit: 100, ...(cursor === undefined ? {} : { cursor }) });
    intents.push(...page.intents);
    if (page.next === undefined) break;
    cursor = page.next;
  }
  await gateway.close();
  return intents;
}
