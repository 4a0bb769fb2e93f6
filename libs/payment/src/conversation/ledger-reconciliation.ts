import { type Clock, type EpochMs, isUuid, sleep, uuid5 } from '@tillroll/kernel';
import type { Aggregates, Cause } from '@tillroll/processing';
import type { Found, ReadModels } from '@tillroll/read-models';
import { type GatewayIntent, GatewayRefused, type PaymentGateway } from '../gateway/port';
import { type BookedPayment, type LedgerDifference, reconcileLedgers } from '../gateway/reconcile-ledgers';
import { paymentType } from '../payment-types';
import { type PaymentDocument, PAYMENTS } from '../read/payments-projection';
import { isKnown, type KnownPayment } from '../write/payment-state';
import type { GatewayConversation } from './gateway-conversation';

export interface LedgerReport {
  readonly at: EpochMs;
  readonly intents: number;
  readonly payments: number;
  /** Differences that were gone once the provider had been asked about the payment. */
  readonly settled: number;
  /** What an admin must look at. */
  readonly differences: readonly LedgerDifference[];
}

export interface ReconcileLedgers {
  /** Only what began or changed since then; default: everything. */
  readonly since?: EpochMs;
  /** Between pages, so that a long comparison in the background keeps nobody waiting. Default: none. */
  readonly pauseMs?: number;
  readonly signal?: AbortSignal;
}

export interface LedgerReconciliationOptions {
  readonly aggregates: Aggregates;
  readonly readModels: ReadModels;
  readonly gateway: PaymentGateway;
  readonly conversation: GatewayConversation;
  readonly clock: Clock;
}

const PAGE = 100;
/** An intent this young may belong to a payment whose books are still being written. */
const SETTLING_MS = 60_000;

/** Compares the provider's books with the shop's, page by page, and asks the provider where they differ. */
export class LedgerReconciliation {
  constructor(private readonly options: LedgerReconciliationOptions) {}

  /** Rejects with `GatewayUnavailable`, or with the signal's reason. */
  async reconcileLedgers(request: ReconcileLedgers = {}): Promise<LedgerReport> {
    const { since = 0 } = request;
    const seen = new Set<string>();
    const differences: LedgerDifference[] = [];
    const at = this.options.clock.now();
    let settled = 0;
    for await (const intents of this.intents(since)) {
      await this.pause(request);
      for (const { reference } of intents) seen.add(reference);
      const suspected = reconcileLedgers(await this.booked(intents), intents).filter(({ kind }) => kind !== 'missing_there');
      for (const suspicion of suspected) {
        const standing = await this.standing(suspicion, intents, at);
        if (standing.length === 0) settled++;
        differences.push(...standing);
      }
    }
    let payments = 0;
    for await (const page of this.payments(since)) {
      await this.pause(request);
      payments += page.length;
      for (const payment of page) if (payment.reference !== undefined && !seen.has(payment.reference)) differences.push(...(await this.missingThere(payment)));
    }
    return { at, intents: seen.size, payments, settled, differences };
  }

  private async pause({ pauseMs = 0, signal }: ReconcileLedgers): Promise<void> {
    signal?.throwIfAborted();
    if (pauseMs > 0) await sleep(this.options.clock, pauseMs, signal);
  }

  private async *intents(since: EpochMs): AsyncGenerator<readonly GatewayIntent[]> {
    for (let cursor: string | undefined; ; ) {
      const { intents, next } = await this.options.gateway.listIntents({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
      if (intents.length > 0) yield intents;
      if (next === undefined || intents.every(({ time }) => Date.parse(time) < since)) return;
      cursor = next;
    }
  }

  private async *payments(since: EpochMs): AsyncGenerator<readonly PaymentDocument[]> {
    for (let last: Found<PaymentDocument> | undefined; ; ) {
      const found = await this.options.readModels.find<PaymentDocument>(PAYMENTS, {
        orderBy: 'createdAt',
        direction: 'descending',
        limit: PAGE,
        ...(last === undefined ? {} : { after: { value: last.document.createdAt, id: last.id } }),
      });
      const page = found.map(({ document }) => document).filter(({ createdAt }) => Date.parse(createdAt) >= since);
      if (page.length > 0) yield page;
      last = found.at(-1);
      if (last === undefined || page.length < PAGE) return;
    }
  }

  private async booked(intents: readonly GatewayIntent[]): Promise<readonly BookedPayment[]> {
    const ids = new Set(intents.flatMap(({ paymentId }) => (paymentId === undefined ? [] : [paymentId])));
    const documents = await Promise.all([...ids].map((id) => this.options.readModels.get<PaymentDocument>(PAYMENTS, id)));
    return documents.flatMap((document) => (document === undefined ? [] : [bookOf(document)]));
  }

  /** What is left of a difference once the provider has been asked about the payment. */
  private async standing(suspicion: LedgerDifference, intents: readonly GatewayIntent[], at: EpochMs): Promise<readonly LedgerDifference[]> {
    const { paymentId, reference } = suspicion;
    if (reference === undefined) return [suspicion];
    const payment = paymentId !== undefined && isUuid(paymentId) ? await this.asked(paymentId, reference) : undefined;
    const listed = intents.find((intent) => intent.reference === reference);
    if (payment === undefined) return listed !== undefined && at - Date.parse(listed.time) < SETTLING_MS ? [] : [suspicion];
    const intent = await this.options.gateway.getIntent(reference);
    return reconcileLedgers([bookOf(payment)], [intent]).filter(({ kind }) => kind !== 'missing_there');
  }

  private async asked(paymentId: string, reference: string): Promise<KnownPayment | undefined> {
    const commandId = uuid5('payment.ledger', paymentId, this.options.clock.now());
    const cause: Cause = { commandId, correlationId: commandId, causationId: commandId, actor: 'system:payment.ledger' };
    await this.options.conversation.hold(paymentId, cause, { reference });
    const { state } = await this.options.aggregates.load(paymentType, paymentId);
    return isKnown(state) ? state : undefined;
  }

  /** Listing and asking may disagree while intents are being created: asking decides. */
  private async missingThere(payment: KnownPayment): Promise<readonly LedgerDifference[]> {
    try {
      await this.options.gateway.getIntent(payment.reference ?? '');
      return [];
    } catch (error) {
      if (error instanceof GatewayRefused) return reconcileLedgers([bookOf(payment)], []);
      throw error;
    }
  }
}

const bookOf = ({ paymentId, orderId, reference, captured, refunded }: KnownPayment): BookedPayment => ({
  paymentId,
  orderId,
  captured,
  refunded,
  ...(reference === undefined ? {} : { reference }),
});
