/** About as large as a small cart. */
export const cart = {
  revision: 7,
  lines: [
    { productId: 'tea-green-100', name: 'Green tea, 100 g', unitPrice: { amount: 790, currency: 'EUR' }, quantity: 2, lineTotal: { amount: 1580, currency: 'EUR' } },
    { productId: 'pot-cast-iron', name: 'Cast iron pot', unitPrice: { amount: 5900, currency: 'EUR' }, quantity: 1, lineTotal: { amount: 5900, currency: 'EUR' } },
  ],
  total: { amount: 7480, currency: 'EUR' },
  problems: [],
};
