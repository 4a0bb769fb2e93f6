import { type Decider, type Money, unreachable } from '@tillroll/kernel';

/** One checkout of one cart: from asking for the cart's lock to the emptied cart, or to the reason why not. */
export type Checkout =
  | { readonly status: 'none' }
  | {
      readonly status: 'requested' | 'completed' | 'refused' | 'ended';
      readonly orderId: string;
      readonly customerId: string;
      readonly cartId: string;
      readonly address: string;
      /** The request (command id) that asks for the order. */
      readonly requestId: string;
      /** All requests that this checkout answers. */
      readonly requestIds: readonly string[];
      readonly refusal?: Refusal;
    };

/** An error code of the HTTP contract (or `stale`) and its extra fields. */
export interface Refusal {
  readonly code: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface StartCheckout {
  readonly type: 'StartCheckout';
  readonly requestId: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly cartId: string;
  readonly cartNumber: number;
  readonly checkoutNumber: number;
  readonly addressId: string;
  readonly address: string;
  readonly expectedTotal?: Money;
}

export type CheckoutCommand =
  | StartCheckout
  | { readonly type: 'CompleteCheckout' }
  | { readonly type: 'RefuseCheckout'; readonly refusal: Refusal }
  /** The order has ended: there is nothing to check out any more. */
  | { readonly type: 'EndCheckout' };

export type CheckoutEvent =
  | (Omit<StartCheckout, 'type'> & { readonly type: 'CheckoutRequested' })
  | { readonly type: 'CheckoutJoined'; readonly orderId: string; readonly customerId: string; readonly requestId: string }
  | { readonly type: 'CheckoutCompleted'; readonly orderId: string; readonly customerId: string; readonly cartId: string }
  | { readonly type: 'CheckoutEnded'; readonly orderId: string; readonly customerId: string }
  | { readonly type: 'CheckoutRefused'; readonly orderId: string; readonly customerId: string; readonly code: string; readonly detail: Refusal['detail'] };

export const checkout: Decider<Checkout, CheckoutCommand, CheckoutEvent> = {
  initialState: { status: 'none' },

  decide(state, command) {
    switch (command.type) {
      case 'StartCheckout': {
        if (state.status === 'requested') return join(state, command);
        if (hasOrder(state)) return [];
        const { type: _, ...request } = command;
        return [{ type: 'CheckoutRequested', ...request }];
      }
      case 'CompleteCheckout':
        if (state.status !== 'requested') return [];
        return [{ type: 'CheckoutCompleted', orderId: state.orderId, customerId: state.customerId, cartId: state.cartId }];
      case 'RefuseCheckout': {
        if (state.status !== 'requested') return [];
        const { code, detail } = command.refusal;
        return [{ type: 'CheckoutRefused', orderId: state.orderId, customerId: state.customerId, code, detail }];
      }
      case 'EndCheckout':
        return state.status === 'requested' ? [{ type: 'CheckoutEnded', orderId: state.orderId, customerId: state.customerId }] : [];
      default:
        return unreachable(command);
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'CheckoutRequested': {
        const { orderId, customerId, cartId, address, requestId } = event;
        const earlier = state.status === 'none' ? [] : state.requestIds;
        return { status: 'requested', orderId, customerId, cartId, address, requestId, requestIds: [...earlier, requestId].slice(-20) };
      }
      case 'CheckoutJoined':
        return state.status === 'none' ? state : { ...state, requestIds: [...state.requestIds, event.requestId].slice(-20) };
      case 'CheckoutCompleted':
        return state.status === 'none' ? state : { ...state, status: 'completed' };
      case 'CheckoutEnded':
        return state.status === 'none' ? state : { ...state, status: 'ended' };
      case 'CheckoutRefused':
        return state.status === 'none' ? state : { ...state, status: 'refused', refusal: { code: event.code, detail: event.detail } };
      default:
        return state;
    }
  },
};

/** Two tabs, one cart: the second request waits for the same order, and is remembered as one that did. */
const join = ({ requestIds }: Exclude<Checkout, { status: 'none' }>, { orderId, customerId, requestId }: StartCheckout): readonly CheckoutEvent[] =>
  requestIds.includes(requestId) ? [] : [{ type: 'CheckoutJoined', orderId, customerId, requestId }];

/** Refused after an order had been created: that order stays rejected, the next checkout has the next number. */
export const isRejectedOrder = (state: Checkout): boolean => state.status === 'refused' && state.refusal?.detail['orderId'] !== undefined;

/** It has made its order, whatever became of that. */
export const hasOrder = (state: Checkout): boolean => state.status === 'completed' || state.status === 'ended' || isRejectedOrder(state);
