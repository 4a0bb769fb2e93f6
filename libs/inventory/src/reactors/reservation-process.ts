import type { DataOf, order } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import type { Clock } from '@tillroll/kernel';
import { type Aggregates, causedBy, type Outcome } from '@tillroll/processing';
import { allowanceId, allowanceType, productType, reservationType, stockType } from '../aggregate-types';
import { answerToClaim, answerToHold, type Findings, findingsIn, isCommitted, isFine } from '../automation/reservation-answers';
import { requestFor } from '../automation/reservation-request';
import { claimReleasesFor, claimsFor, commitsFor, holdsFor, releasesFor, shipmentsFor } from '../automation/reservation-steps';
import type { AllowanceCommand } from '../write/allowance';
import type { PurchaseLimit } from '../write/product';
import { type Reservation, type ReservationCommand, requestIn } from '../write/reservation';
import type { ReservationEvent, ReservationRequest } from '../write/reservation-events';
import type { StockCommand } from '../write/stock-commands';

export const RESERVATIONS = 'inventory.reservations';

type OrderPlaced = BusEvent<DataOf<typeof order.OrderPlaced>>;
type OfOrder = BusEvent<{ readonly orderId: string }>;

/**
 * Carries an order's wishes to the streams of its products, and what they answered to the order's reservation.
 * Every step may be repeated: commands are named after the event that caused them, stock and allowances know the
 * order, and the reservation's stream has the last word. So an event handled again after a crash ends the same way.
 */
export class ReservationProcess {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly clock: Clock,
  ) {}

  /** Holds all lines or none. What is asked for is recorded with the answer: until then the event itself is the request. */
  async reserve(event: OrderPlaced): Promise<void> {
    const { orderId } = event.data;
    const { state } = await this.aggregates.load(reservationType, orderId);
    if (state.status !== 'none' && state.status !== 'requested') return this.letGoWhatEnded(event, state);
    const request = requestIn(state) ?? requestFor(event.data);
    const findings = await this.holdAndClaim(event, request);
    if (!isFine(findings)) await this.letGo(event, request, 'order_refused');
    const concluded = await this.tell(event, orderId, { type: 'ConcludeReservation', request, ...findings });
    await this.letGoWhatEnded(event, concluded.state, request);
  }

  /** A hold that lapsed and was given up is made again, or the reservation is lost. */
  async commit(event: OfOrder): Promise<void> {
    const { orderId } = event.data;
    const { state } = await this.aggregates.load(reservationType, orderId);
    if (state.status === 'none') return void (await this.tell(event, orderId, { type: 'LoseReservation', orderId }));
    if (state.status !== 'held' && state.status !== 'requested') return;
    const answers = await this.stock(event, commitsFor(state.request, this.clock.now()));
    if (answers.every((answer) => isCommitted(answer.state, orderId))) return void (await this.tell(event, orderId, { type: 'CommitReservation', orderId }));
    await this.letGo(event, state.request, 'order_lost');
    await this.tell(event, orderId, { type: 'LoseReservation', orderId });
  }

  async ship(event: OfOrder): Promise<void> {
    const { orderId } = event.data;
    await this.commit(event);
    const { state } = await this.aggregates.load(reservationType, orderId);
    if (state.status !== 'committed') return;
    await this.stock(event, shipmentsFor(state.request, this.clock.now()));
    await this.tell(event, orderId, { type: 'ShipReservation', orderId });
  }

  async release(event: OfOrder, reason: 'order_canceled' | 'order_rejected'): Promise<void> {
    const { orderId } = event.data;
    await this.endLive(event, reason, { type: 'ReleaseReservation', orderId, reason });
  }

  async expire(event: OfOrder): Promise<void> {
    const { orderId } = event.data;
    await this.endLive(event, 'order_expired', { type: 'ExpireReservation', orderId });
  }

  private async endLive(event: OfOrder, reason: string, conclusion: ReservationCommand): Promise<void> {
    const { orderId } = event.data;
    const { state } = await this.aggregates.load(reservationType, orderId);
    const isLive = state.status === 'requested' || state.status === 'held' || state.status === 'committed';
    if (isLive) await this.letGo(event, state.request, reason);
    const concluded = await this.tell(event, orderId, conclusion);
    if (!isLive) await this.letGoWhatEnded(event, concluded.state);
  }

  /** The order was ended while its stock was being held, here or in another process. */
  private async letGoWhatEnded(event: OfOrder, state: Reservation, asked?: ReservationRequest): Promise<void> {
    const request = requestIn(state) ?? asked;
    const hasEnded = state.status === 'released' || state.status === 'expired' || state.status === 'lost';
    if (hasEnded && request !== undefined) await this.letGo(event, request, `order_${state.status}`);
  }

  private async holdAndClaim(event: OrderPlaced, request: ReservationRequest): Promise<Findings> {
    const limits = await this.limitsOf(request);
    const holds = holdsFor(request, this.clock.now()).map(async (hold) => answerToHold((await this.stockStep(event, hold)).state, hold));
    const claims = claimsFor(request, limits, Date.parse(event.data.placedAt)).map(async (claim) => {
      const { state, events } = await this.allowanceStep(event, claim);
      return answerToClaim(state, events, claim);
    });
    const [held, claimed] = await Promise.all([Promise.all(holds), Promise.all(claims)]);
    return findingsIn(held, claimed);
  }

  private async limitsOf({ lines }: ReservationRequest): Promise<ReadonlyMap<string, PurchaseLimit>> {
    const products = await Promise.all(lines.map(({ productId }) => this.aggregates.load(productType, productId)));
    const limits = new Map<string, PurchaseLimit>();
    for (const { state } of products)
      if (state.status === 'created' && state.details.purchaseLimit !== undefined) limits.set(state.details.productId, state.details.purchaseLimit);
    return limits;
  }

  private async letGo(event: OfOrder, request: ReservationRequest, reason: string): Promise<void> {
    const at = this.clock.now();
    await Promise.all([
      this.stock(event, releasesFor(request, reason, at)),
      ...claimReleasesFor(request, at).map((release) => this.allowanceStep(event, release)),
    ]);
  }

  private stock(event: BusEvent, commands: readonly StockCommand[]) {
    return Promise.all(commands.map((command) => this.stockStep(event, command)));
  }

  private stockStep(event: BusEvent, command: StockCommand) {
    return this.aggregates.execute(stockType, command.productId, command, causedBy(event, RESERVATIONS, command.type, command.productId));
  }

  private allowanceStep(event: BusEvent, command: AllowanceCommand) {
    const { productId, customerId, type } = command;
    return this.aggregates.execute(allowanceType, allowanceId(productId, customerId), command, causedBy(event, RESERVATIONS, type, productId));
  }

  private tell(event: BusEvent, orderId: string, command: ReservationCommand): Promise<Outcome<Reservation, ReservationEvent>> {
    return this.aggregates.execute(reservationType, orderId, command, causedBy(event, RESERVATIONS, command.type));
  }
}
