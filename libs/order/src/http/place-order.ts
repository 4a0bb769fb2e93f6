import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { cartIdOf, orderIdOf } from '@tillroll/contracts';
import { READ_GATE, type ReadGate } from '@tillroll/http';
import { type Clock, DomainError, type EpochMs, type Money, refuse, uuid5 } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, type Cause, CLOCK } from '@tillroll/processing';
import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { checkoutType } from '../order-types';
import { ADDRESSES, CART_HINTS, type CartHint, type DeliveryAddress, type Placement, PLACEMENTS } from '../read/checkout-projections';
import { type Checkout, hasOrder, isRejectedOrder } from '../write/checkout';

export class PlaceOrder extends Command<PlaceOrderAnswer> {
  constructor(
    readonly customerId: string,
    readonly addressId: string,
    readonly expectedTotal: Money | undefined,
    readonly cause: Cause,
  ) {
    super();
  }
}

export interface PlaceOrderAnswer {
  readonly orderId: string;
  /** False: still being decided. */
  readonly decided: boolean;
}

/** How long the answer waits for the outcome (domain rules, placing an order, 5). */
const PATIENCE_MS = 2000;
const OWN_WRITES_MS = 250;
const ATTEMPTS = 5;

/** Asks the cart for its lock in the checkout's stream, and waits there for what comes of it. */
@CommandHandler(PlaceOrder)
export class PlaceOrderHandler implements ICommandHandler<PlaceOrder, PlaceOrderAnswer> {
  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(READ_MODELS) private readonly readModels: ReadModels,
    @Inject(READ_GATE) private readonly readGate: ReadGate,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(command: PlaceOrder): Promise<PlaceOrderAnswer> {
    const until = this.clock.now() + PATIENCE_MS;
    // Before the placement: a hint that knows of this request's own order must not be believed without it.
    let next = (await this.readModels.get<CartHint>(CART_HINTS, command.customerId)) ?? { cartNumber: 0, checkoutNumber: 0 };
    const earlier = await this.readModels.get<Placement>(PLACEMENTS, command.cause.commandId);
    const outcome = earlier && (await this.outcome(earlier.orderId, until));
    if (outcome !== undefined) return outcome;
    const address = await this.addressOf(command);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await this.isUnderWay(command, next)) next = await this.presentHint(command.customerId, next, until);
      const { orderId, checkout, repeated } = await this.start(command, address, next, attempt);
      if (isOfAnother(checkout, command.cause.commandId)) {
        next = following(next, checkout);
        continue;
      }
      const settled = await this.aggregates.until(checkoutType, orderId, isSettled, until - this.clock.now());
      if (repeated && wasCutOff(settled?.state)) continue;
      const stale = staleHint(settled?.state);
      if (stale === undefined) return answerOf(orderId, settled?.state);
      next = stale;
    }
    return refuse('cart_locked', { retryAfterMs: 1000 });
  }

  /** Somebody else's request has begun this checkout, and nothing has come of it yet. */
  private async isUnderWay({ customerId, cause }: PlaceOrder, { cartNumber, checkoutNumber }: CartHint): Promise<boolean> {
    const { state } = await this.aggregates.load(checkoutType, orderIdOf(cartIdOf(customerId, cartNumber), checkoutNumber));
    return state.status !== 'none' && !isSettled(state) && !state.requestIds.includes(cause.commandId);
  }

  /**
   * Two who order one cart share its order. But this cart may have been checked out before the request came, and the
   * next one be meant: that is known once the hint has followed.
   */
  private async presentHint(customerId: string, hint: CartHint, until: EpochMs): Promise<CartHint> {
    await this.readGate.caughtUp(await this.readGate.head(), Math.max(0, until - this.clock.now()));
    return (await this.readModels.get<CartHint>(CART_HINTS, customerId)) ?? hint;
  }

  /** Undefined when the checkout was refused before there was an order: nothing was created, so it is decided anew. */
  private async outcome(orderId: string, until: number): Promise<PlaceOrderAnswer | undefined> {
    const settled = await this.aggregates.until(checkoutType, orderId, isSettled, until - this.clock.now());
    if (settled?.state.status === 'refused' && !isRejectedOrder(settled.state)) return undefined;
    return answerOf(orderId, settled?.state);
  }

  private async addressOf({ addressId, customerId }: PlaceOrder): Promise<string> {
    const isOwn = (found: DeliveryAddress | undefined) => found?.customerId === customerId;
    let found = await this.readModels.get<DeliveryAddress>(ADDRESSES, addressId);
    if (!isOwn(found)) {
      await this.readGate.caughtUp(await this.readGate.head(), OWN_WRITES_MS);
      found = await this.readModels.get<DeliveryAddress>(ADDRESSES, addressId);
    }
    return found !== undefined && isOwn(found) ? found.address : refuse('address_not_found', { addressId });
  }

  private async start(command: PlaceOrder, address: string, { cartNumber, checkoutNumber }: CartHint, attempt: number) {
    const { customerId, addressId, expectedTotal, cause } = command;
    const cartId = cartIdOf(customerId, cartNumber);
    const orderId = orderIdOf(cartId, checkoutNumber);
    const { state: checkout, repeated } = await this.aggregates.execute(
      checkoutType,
      orderId,
      {
        type: 'StartCheckout',
        requestId: cause.commandId,
        orderId,
        customerId,
        cartId,
        cartNumber,
        checkoutNumber,
        addressId,
        address,
        ...(expectedTotal === undefined ? {} : { expectedTotal }),
      },
      { ...cause, commandId: uuid5(cause.commandId, orderId, attempt) },
    );
    return { orderId, checkout, repeated };
  }
}

const isSettled = (checkout: Checkout): boolean => checkout.status === 'refused' || hasOrder(checkout);

/** It had ended before this request: the customer's present cart or checkout is a later one than was thought. */
const isOfAnother = (checkout: Checkout, requestId: string): boolean =>
  checkout.status !== 'none' && hasOrder(checkout) && !checkout.requestIds.includes(requestId);

/** The shop was not there to decide before the lease was over; a request that is repeated is decided now. */
const wasCutOff = (checkout: Checkout | undefined): boolean =>
  checkout?.status === 'refused' && checkout.refusal?.code === 'service_unavailable' && !isRejectedOrder(checkout);

const following = (hint: CartHint, ended: Checkout): CartHint =>
  ended.status === 'completed'
    ? { cartNumber: hint.cartNumber + 1, checkoutNumber: 0 }
    : { cartNumber: hint.cartNumber, checkoutNumber: hint.checkoutNumber + 1 };

function staleHint(checkout: Checkout | undefined): CartHint | undefined {
  if (checkout?.status !== 'refused' || checkout.refusal?.code !== 'stale') return undefined;
  return checkout.refusal.detail as CartHint;
}

function answerOf(orderId: string, checkout: Checkout | undefined): PlaceOrderAnswer {
  if (checkout?.status === 'refused') throw new DomainError(checkout.refusal?.code ?? 'service_unavailable', checkout.refusal?.detail);
  return { orderId, decided: checkout !== undefined };
}
