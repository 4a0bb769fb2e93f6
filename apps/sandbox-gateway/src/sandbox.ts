import type { WriteOptions } from '@tillroll/event-store';
import { type Clock, type EpochMs, uuid7 } from '@tillroll/kernel';
import { Alarm } from './alarm';
import type { Chaos } from './chaos/chaos';
import { answer, asksTheSame, cancel, capture, type Intent, type IntentRequest, openIntent, wake } from './intents/intent';
import { openRefund, type Refund, type RefundRequest, refundsTheSame } from './intents/refund';
import { Refusal } from './intents/refusal';
import type { Ledger, PageOfIntents, StoredWebhook } from './ledger/ledger';
import { intentMessage, refundMessage } from './webhooks/webhook-messages';

/** The answer to a call with an idempotency key. */
export interface Keyed<T> {
  readonly value: T;
  /** The key was used before; nothing happened now. */
  readonly repeated: boolean;
}

export interface SandboxOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly chaos: Chaos;
  /** How long `card_late_success` takes. */
  readonly lateMs: number;
  /** Called with messages once they are on disk. Without it there is nobody to tell, and none is kept. */
  readonly send?: (webhooks: readonly StoredWebhook[]) => void;
}

/** The provider itself: every answer is in the ledger before it is given, and so is the message about it. */
export class Sandbox {
  private readonly alarm: Alarm;

  constructor(private readonly options: SandboxOptions) {
    this.alarm = new Alarm(options.clock, async () => {
      await this.wakeDue();
      return options.ledger.nextWake();
    });
  }

  get chaos(): Chaos {
    return this.options.chaos;
  }

  /** Begins to change intents whose time has come. */
  start(): void {
    this.alarm.start(this.options.ledger.nextWake());
  }

  stop(): void {
    this.alarm.stop();
  }

  /** The same key and the same request always mean the same intent, as it stands now. */
  async createIntent(request: IntentRequest, key: string): Promise<Keyed<Intent>> {
    const { ledger, clock, lateMs } = this.options;
    return this.change((tell) => {
      const at = clock.now();
      const known = ledger.intentOfKey(key);
      if (known !== undefined) {
        if (!asksTheSame(known.request, request)) throw keyReused();
        return { value: this.awake(known, at, tell), repeated: true };
      }
      const intent = openIntent(`int_${idAt(at)}`, request, at, lateMs);
      ledger.addIntent(intent, key);
      tell(intentMessage(undefined, intent));
      return { value: intent, repeated: false };
    }, REFUSES_FIRST);
  }

  /** Refuses with `not_found`. */
  async intent(id: string): Promise<Intent> {
    const intent = found(this.options.ledger.intent(id));
    return isDue(intent, this.options.clock.now()) ? this.decide(id, (present) => present) : intent;
  }

  /** Newest first. */
  async intents(query: { readonly orderId?: string; readonly before?: number; readonly limit: number }): Promise<PageOfIntents> {
    await this.wakeDue();
    return this.options.ledger.intents(query);
  }

  capture(id: string): Promise<Intent> {
    return this.decide(id, capture);
  }

  cancel(id: string): Promise<Intent> {
    return this.decide(id, cancel);
  }

  /** The customer's answer on the hosted page. */
  answer(id: string, outcome: 'approve' | 'decline'): Promise<Intent> {
    return this.decide(id, (intent, at) => answer(intent, outcome, at));
  }

  /** The same key and the same request always mean the same refund. */
  async refund(request: RefundRequest, key: string): Promise<Keyed<Refund>> {
    const { ledger, clock } = this.options;
    return this.change((tell) => {
      const at = clock.now();
      const known = ledger.refundOfKey(key);
      if (known !== undefined) {
        if (!refundsTheSame(known.request, request)) throw keyReused();
        return { value: known, repeated: true };
      }
      const intent = this.awake(found(ledger.intent(request.intentId)), at, tell);
      const opened = openRefund(`ref_${idAt(at)}`, request, intent, at);
      ledger.addRefund(opened.refund, key);
      if (opened.intent !== intent) ledger.changeIntent(opened.intent);
      tell(refundMessage(opened.refund));
      return { value: opened.refund, repeated: false };
    });
  }

  /** Refuses with `not_found`. */
  async getRefund(id: string): Promise<Refund> {
    return found(this.options.ledger.refund(id));
  }

  /** Changes every intent whose time has come. */
  async wakeDue(): Promise<void> {
    const { ledger, clock } = this.options;
    while (ledger.due(clock.now(), 1).length > 0) {
      await this.change((tell) => {
        const at = clock.now();
        for (const intent of ledger.due(at, WAKES_AT_ONCE)) this.awake(intent, at, tell);
      }, REFUSES_FIRST);
    }
  }

  /** A refusal comes after what time alone did to the intent, which is kept. */
  private async decide(id: string, decision: (intent: Intent, at: EpochMs) => Intent): Promise<Intent> {
    const { ledger, clock } = this.options;
    const outcome = await this.change((tell) => {
      const at = clock.now();
      const before = this.awake(found(ledger.intent(id)), at, tell);
      const after = refusedOr(() => decision(before, at));
      if (!(after instanceof Refusal) && after !== before) {
        ledger.changeIntent(after);
        tell(intentMessage(before, after));
      }
      return after;
    }, REFUSES_FIRST);
    if (outcome instanceof Refusal) throw outcome;
    return outcome;
  }

  /** To be called inside a change. */
  private awake(intent: Intent, at: EpochMs, tell: Tell): Intent {
    const awake = wake(intent, at);
    if (awake !== intent) {
      this.options.ledger.changeIntent(awake);
      tell(intentMessage(intent, awake));
    }
    return awake;
  }

  private async change<T>(work: (tell: Tell) => T, options: WriteOptions = {}): Promise<T> {
    const { ledger, clock, send } = this.options;
    const webhooks: StoredWebhook[] = [];
    const result = await ledger.write(() => {
      webhooks.length = 0;
      return work((message) => {
        if (message !== undefined && send !== undefined) webhooks.push(ledger.addWebhook(`evt_${idAt(clock.now())}`, message));
      });
    }, options);
    if (webhooks.length > 0) send?.(webhooks);
    this.alarm.set(ledger.nextWake());
    return result;
  }
}

type Tell = (message: string | undefined) => void;

const WAKES_AT_ONCE = 500;

/** A change that refuses does so before anything is changed. */
const REFUSES_FIRST: WriteOptions = { throwsBeforeChanges: true };

const idAt = (at: EpochMs): string => uuid7(at).replaceAll('-', '');

const isDue = (intent: Intent, at: EpochMs): boolean => intent.wakesAt !== undefined && intent.wakesAt <= at;

const keyReused = (): Refusal => new Refusal('idempotency_key_reused', 'this idempotency key was used for another request');

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Refusal('not_found', 'there is no such object');
  return thing;
}

function refusedOr<T>(decide: () => T): T | Refusal {
  try {
    return decide();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
