import { type Clock, uuid5 } from '@tillroll/kernel';
import type { Aggregates, Cause } from '@tillroll/processing';
import { type GatewayStep, lookAtNews, nextSteps } from '../automation/next-steps';
import { GatewayUnavailable, type PaymentGateway } from '../gateway/port';
import { paymentType } from '../payment-types';
import type { PaymentCommand } from '../write/payment-commands';
import { isKnown, type KnownPayment } from '../write/payment-state';
import { askGateway, type Asking } from './ask-gateway';

/** Somebody says that there is news, although nothing may be awaited. `reference`: the provider's id, when it was told. */
export interface News {
  readonly reference?: string;
}

export interface Talk {
  readonly known: boolean;
  /** Steps that brought nothing new. */
  readonly unchanged: readonly GatewayStep[];
  /** Steps whose outcome is not known. */
  readonly unanswered: readonly GatewayStep[];
}

export interface GatewayConversationOptions {
  readonly aggregates: Aggregates;
  readonly gateway: PaymentGateway;
  readonly clock: Clock;
  /** How long after each failed attempt to pay back the next one is made. */
  readonly refundRetryMs: readonly number[];
}

/**
 * Tells the provider what is to be told, asks it what is to be asked, and records its answers. What comes next always
 * follows from the stored payment, so that the reactor, the deadline, the webhook and the customer's browser may all
 * hold it at once, and after any crash: the provider's keys and the payment's ranks make it one effect.
 */
export class GatewayConversation {
  private readonly asking: Asking;

  constructor(private readonly options: GatewayConversationOptions) {
    this.asking = { gateway: options.gateway, now: () => options.clock.now(), retryAfterMs: options.refundRetryMs };
  }

  /** Goes on until nothing is left to do now, or the provider does not answer. */
  async hold(paymentId: string, cause: Cause, news?: News): Promise<Talk> {
    const { aggregates, clock } = this.options;
    const done = new Set<string>();
    const unchanged: GatewayStep[] = [];
    for (;;) {
      const { state } = await aggregates.load(paymentType, paymentId);
      if (!isKnown(state)) return { known: false, unchanged, unanswered: [] };
      const due = stepsOf(state, clock.now(), news).filter((step) => !done.has(nameOf(step)));
      const step = due[0];
      if (step === undefined) return { known: true, unchanged, unanswered: [] };
      done.add(nameOf(step));
      if (isOfIntent(step)) done.add('look');
      let command: PaymentCommand | undefined;
      try {
        command = await askGateway(state, step, this.asking);
      } catch (error) {
        if (error instanceof GatewayUnavailable) return { known: true, unchanged, unanswered: due };
        throw error;
      }
      const isNews = command !== undefined && (await this.record(paymentId, command, cause));
      if (!isNews) unchanged.push(step);
    }
  }

  /** What the provider did not answer is asked again soon. */
  async askAgainWhatWasNotAnswered(paymentId: string, { unanswered }: Talk, cause: Cause): Promise<void> {
    await this.schedule(paymentId, unanswered, 'unanswered', cause);
  }

  /** What the provider had no news of is asked again later. */
  async askAgainWhatIsUnchanged(paymentId: string, { unchanged }: Talk, cause: Cause): Promise<void> {
    await this.schedule(paymentId, unchanged, 'unchanged', cause);
  }

  private async schedule(paymentId: string, steps: readonly GatewayStep[], outcome: 'unanswered' | 'unchanged', cause: Cause): Promise<void> {
    const at = this.options.clock.now();
    if (steps.some(isOfIntent)) await this.record(paymentId, { type: 'SchedulePaymentCheck', outcome, at }, cause);
    for (const step of steps)
      if (!isOfIntent(step)) await this.record(paymentId, { type: 'ScheduleRefundCheck', refundId: step.refundId, outcome, at }, cause);
  }

  /** Whether it was news. */
  private async record(paymentId: string, command: PaymentCommand, { keyed: _, ...cause }: Cause): Promise<boolean> {
    const commandId = uuid5(cause.commandId, JSON.stringify(command));
    const { events, repeated } = await this.options.aggregates.execute(paymentType, paymentId, command, { ...cause, commandId });
    return events.length > 0 && !repeated;
  }
}

const stepsOf = (payment: KnownPayment, now: number, news: News | undefined): readonly GatewayStep[] => [
  ...(news === undefined ? [] : lookAtNews(payment, news.reference)),
  ...nextSteps(payment, now),
];

type RefundStep = Extract<GatewayStep, { do: 'refund' | 'lookAtRefund' }>;

const isOfIntent = (step: GatewayStep): step is Exclude<GatewayStep, RefundStep> => step.do !== 'refund' && step.do !== 'lookAtRefund';

/** Each step is made once in a conversation. */
const nameOf = (step: GatewayStep): string => (isOfIntent(step) ? step.do : `${step.do} ${step.refundId} ${step.attempt}`);
