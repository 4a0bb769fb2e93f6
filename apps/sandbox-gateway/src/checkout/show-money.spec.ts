import { showMoney } from './show-money';

describe('showing money', () => {
  it.each([
    [129_900, 'EUR', '€1,299.00'],
    [5, 'USD', '$0.05'],
    [1_299, 'JPY', '¥1,299'],
    [1_234, 'KWD', 'KWD\u00a01.234'],
    [Number.MAX_SAFE_INTEGER, 'EUR', '€90,071,992,547,409.91'],
  ])('%s %s is %s', (amount, currency, shown) => expect(showMoney(amount, currency)).toBe(shown));
});
