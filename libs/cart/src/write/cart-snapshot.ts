import type { Cart, CartLine } from './cart-state';

/** A cart as JSON: a cache of the fold. Raise the version when `evolve` or the state's shape changes. */
export const cartSnapshot = {
  version: 1,
  encode: (cart: Cart): unknown => ({ ...cart, lines: [...cart.lines.values()] }),
  decode: (json: unknown): Cart => {
    const kept = json as Omit<Cart, 'lines'> & { readonly lines: readonly CartLine[] };
    return { ...kept, lines: new Map(kept.lines.map((line) => [line.productId, line])) } as Cart;
  },
};
