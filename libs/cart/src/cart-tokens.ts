/** Injection token of the `CurrentCarts`. */
export const CURRENT_CARTS = Symbol('CurrentCarts');

/** Injection token of the `ProductKnowledge`. */
export const PRODUCT_KNOWLEDGE = Symbol('ProductKnowledge');
