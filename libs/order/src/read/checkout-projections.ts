import { cart, customer, type DataOf, order } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import type { DocumentChange, Projection } from '@tillroll/read-models';

/** Which cart and checkout a customer's next order is about. A hint: the cart knows better and says so. */
export type CartHint = { readonly cartNumber: number; readonly checkoutNumber: number };

export const CART_HINTS = 'order.cart-hints';

const later = (a: CartHint | undefined, b: CartHint): CartHint =>
  a !== undefined && (a.cartNumber > b.cartNumber || (a.cartNumber === b.cartNumber && a.checkoutNumber > b.checkoutNumber)) ? a : b;

const hint =
  (next: (data: { readonly cartNumber: number; readonly checkoutNumber: number }) => CartHint) =>
  (event: BusEvent): readonly DocumentChange<CartHint>[] => {
    const data = event.data as DataOf<typeof cart.CartCheckedOut>;
    return [{ id: data.customerId, change: (before) => later(before, next(data)) }];
  };

export const cartHintsProjection: Projection<CartHint> = {
  name: CART_HINTS,
  version: 1,
  indexes: [],
  on: {
    [cart.CartUnlocked.type]: hint(({ cartNumber, checkoutNumber }) => ({ cartNumber, checkoutNumber: checkoutNumber + 1 })),
    [cart.CartCheckedOut.type]: hint(({ cartNumber }) => ({ cartNumber: cartNumber + 1, checkoutNumber: 0 })),
  },
};

/** The order that a request (command id) was about, so that the request repeated after a crash meets it again. */
export type Placement = { readonly orderId: string };

export const PLACEMENTS = 'order.placements';

export const placementsProjection: Projection<Placement> = {
  name: PLACEMENTS,
  version: 2,
  indexes: [],
  on: {
    [order.OrderPlaced.type]: (event) => placement(event),
    [order.CheckoutJoined.type]: (event) => placement(event),
  },
};

function placement(event: BusEvent): readonly DocumentChange<Placement>[] {
  const { orderId, requestId } = event.data as DataOf<typeof order.OrderPlaced | typeof order.CheckoutJoined>;
  return [{ id: requestId, change: () => ({ orderId }) }];
}

export type DeliveryAddress = { readonly customerId: string; readonly address: string };

export const ADDRESSES = 'order.addresses';

const keepAddress = (event: BusEvent): readonly DocumentChange<DeliveryAddress>[] => {
  const { addressId, customerId, address } = event.data as DataOf<typeof customer.AddressAdded>;
  return [{ id: addressId, change: () => ({ customerId, address }) }];
};

export const addressesProjection: Projection<DeliveryAddress> = {
  name: ADDRESSES,
  version: 1,
  indexes: [],
  on: {
    [customer.AddressAdded.type]: keepAddress,
    [customer.AddressChanged.type]: keepAddress,
    [customer.AddressRemoved.type]: (event) => [{ id: (event.data as DataOf<typeof customer.AddressRemoved>).addressId, change: () => undefined }],
  },
};
