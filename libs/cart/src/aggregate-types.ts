import type { AggregateType } from '@tillroll/processing';
import { cart } from './write/cart';
import type { CartCommand } from './write/cart-commands';
import type { CartEvent } from './write/cart-events';
import { cartSnapshot } from './write/cart-snapshot';
import type { Cart } from './write/cart-state';

export const cartType: AggregateType<Cart, CartCommand, CartEvent> = { name: 'cart', decider: cart, snapshot: cartSnapshot };
