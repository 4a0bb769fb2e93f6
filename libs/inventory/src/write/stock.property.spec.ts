import fc from 'fast-check';
import { DomainError, toTimestamp } from '@tillroll/kernel';
import { minutes, NOON } from '../testing/stock-samples';
import { stock } from './stock';
import type { StockCommand } from './stock-commands';
import type { StockEvent } from './stock-events';
import { stockSnapshot } from './stock-snapshot';
import { availableIn, earliestHoldIn, shortfallOf, type Stock } from './stock-state';

jest.setTimeout(60_000);

type Asked =
  | { readonly ask: 'delta' | 'setTo'; readonly count: number }
  | { readonly ask: 'hold' | 'commit' | 'release' | 'ship' | 'reclaim'; readonly order: number }
  | { readonly ask: 'wait'; readonly minutes: number }
  | { readonly ask: 'restart' };

const order = fc.nat({ max: 11 });
const asked: fc.Arbitrary<Asked> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ ask: fc.constantFrom('delta' as const), count: fc.integer({ min: -4, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ ask: fc.constantFrom('setTo' as const), count: fc.integer({ min: 0, max: 8 }) }) },
  { weight: 8, arbitrary: fc.record({ ask: fc.constantFrom('hold' as const), order }) },
  { weight: 8, arbitrary: fc.record({ ask: fc.constantFrom('commit' as const, 'release' as const, 'ship' as const, 'reclaim' as const), order }) },
  { weight: 2, arbitrary: fc.record({ ask: fc.constantFrom('wait' as const), minutes: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 1, arbitrary: fc.constant({ ask: 'restart' as const }) },
);

/** Each order has its quantity and, from when it is first asked for, its end. */
const quantityOf = (number: number): number => (number % 4) + 1;
const lifetimeOf = (number: number): number => ((number * 7) % 25) + 5;

class Shop {
  state: Stock = stock.initialState;
  readonly history: StockEvent[] = [];
  private now = NOON;
  private readonly ends = new Map<number, number>();

  run(asking: Asked): void {
    if (asking.ask === 'wait') this.now += asking.minutes * 60_000;
    else if (asking.ask === 'commit' && this.hasEnded(`order-${asking.order}`)) return;
    else if (asking.ask === 'restart') this.state = stockSnapshot.decode(JSON.parse(JSON.stringify(stockSnapshot.encode(this.state))));
    else this.decide(this.commandOf(asking));
  }

  /** The reservation asks for no commit then. */
  private hasEnded(orderId: string): boolean {
    return endsIn(this.history).some((end) => end.orderId === orderId);
  }

  private commandOf(asking: Exclude<Asked, { ask: 'wait' | 'restart' }>): StockCommand {
    const of = { productId: 'tea', at: this.now };
    switch (asking.ask) {
      case 'delta':
        return { type: 'AdjustStock', ...of, adjustment: { delta: asking.count }, reason: 'counted' };
      case 'setTo':
        return { type: 'AdjustStock', ...of, adjustment: { setTo: asking.count }, reason: 'counted' };
      default: {
        const orderId = `order-${asking.order}`;
        const expiresAt = this.ends.get(asking.order) ?? this.now + lifetimeOf(asking.order) * 60_000;
        this.ends.set(asking.order, expiresAt);
        const quantity = quantityOf(asking.order);
        if (asking.ask === 'hold') return { type: 'HoldStock', ...of, orderId, quantity, expiresAt };
        if (asking.ask === 'commit') return { type: 'CommitStock', ...of, orderId, quantity, expiresAt };
        if (asking.ask === 'release') return { type: 'ReleaseStock', ...of, orderId, reason: 'order_canceled' };
        return asking.ask === 'ship' ? { type: 'ShipStock', ...of, orderId } : { type: 'ReclaimStock', ...of, orderId };
      }
    }
  }

  private decide(command: StockCommand): void {
    const before = this.state;
    const events = decidedOrRefused(before, command);
    for (const event of events) {
      if (event.type === 'StockHeld') expect(availableIn(this.state)).toBeGreaterThanOrEqual(event.quantity);
      this.state = stock.evolve(this.state, event);
      this.history.push(event);
      if ('onHand' in event) expect(event).toMatchObject({ onHand: this.state.onHand, held: this.state.held, committed: this.state.committed });
    }
    const refusal = events.find((event) => event.type === 'StockRefused');
    if (refusal !== undefined && 'expiresAt' in command && command.at < command.expiresAt)
      expect(availableCountingLapsed(before, this.now)).toBeLessThan(refusal.requested);
    if (command.type !== 'AdjustStock') expect(stock.decide(this.state, command)).toEqual([]);
  }
}

function decidedOrRefused(state: Stock, command: StockCommand): readonly StockEvent[] {
  try {
    return stock.decide(state, command);
  } catch (error) {
    expect(error).toBeInstanceOf(DomainError);
    return [];
  }
}

const endsIn = (history: readonly StockEvent[]): readonly { readonly orderId: string }[] =>
  history.flatMap((event) => (event.type === 'StockShipped' || (event.type === 'StockReleased' && event.reason !== 'expired') ? [event] : []));

const availableCountingLapsed = (state: Stock, now: number): number =>
  availableIn(state) + sum([...state.holds.values()].filter(({ expiresAt }) => expiresAt <= now).map(({ quantity }) => quantity));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

function after(commands: readonly Asked[], check: (shop: Shop) => void): void {
  const shop = new Shop();
  for (const command of commands) {
    shop.run(command);
    check(shop);
  }
}

const anyHistory = fc.array(asked, { maxLength: 60, size: 'max' });

describe('whatever happens to the stock of a product', () => {
  it('nothing is oversold, unless a recorded shortfall explains it (invariant 1)', () =>
    fc.assert(fc.property(anyHistory, (commands) => after(commands, ({ state }) => expect(state.shortfall).toBe(shortfallOf(state))))));

  it('units are conserved (invariant 2)', () =>
    fc.assert(
      fc.property(anyHistory, (commands) =>
        after(commands, ({ state, history }) => {
          expect(state.onHand).toBe(
            sum(history.map((event) => (event.type === 'StockAdjusted' ? event.delta : 0))) - sum(history.map((event) => (event.type === 'StockShipped' ? event.quantity : 0))),
          );
          expect(state.held).toBe(sum([...state.holds.values()].map(({ quantity }) => quantity)));
          expect(state.committed).toBe(sum([...state.commitments.values()].map(({ quantity }) => quantity)));
        }),
      ),
    ));

  it('an order gives back or receives its goods at most once (invariant 3)', () =>
    fc.assert(
      fc.property(anyHistory, (commands) =>
        after(commands, ({ history, state }) => {
          const ends = endsIn(history);
          expect(new Set(ends.map(({ orderId }) => orderId)).size).toBe(ends.length);
          for (const { orderId } of ends) expect(state.holds.has(orderId) || state.commitments.has(orderId)).toBe(false);
        }),
      ),
    ));

  it('the hold that ends first is known', () =>
    fc.assert(
      fc.property(anyHistory, (commands) =>
        after(commands, ({ state }) => {
          const ends = [...state.holds.values()].map(({ expiresAt }) => expiresAt);
          expect(earliestHoldIn(state)?.expiresAt).toBe(ends.length === 0 ? undefined : Math.min(...ends));
        }),
      ),
    ));

  it('a snapshot decides as the state it was taken of', () =>
    fc.assert(
      fc.property(anyHistory, asked, (commands, last) => {
        const shop = new Shop();
        const twin = new Shop();
        for (const command of [...commands, last]) {
          shop.run(command);
          twin.run({ ask: 'restart' });
          twin.run(command);
        }
        expect(twin.history).toEqual(shop.history);
      }),
    ));
});

describe('the state of a stock', () => {
  it.each([
    ['when time passes', 1, 20_000],
    ['when all happens at once', 0, 1_500_000],
  ])('is bounded by the live and the lately ended orders %s', (_, minutesEach, bytes) => {
    let state = stock.evolve(stock.initialState, { type: 'StockAdjusted', productId: 'tea', delta: 1, reason: 'delivery', onHand: 1, held: 0, committed: 0 });
    for (let number = 0; number < 20_000; number++) {
      const of = { productId: 'tea', orderId: `order-${number}`, quantity: 1 };
      const now = minutes(number * minutesEach);
      const at = toTimestamp(now);
      state = stock.evolve(state, { type: 'StockHeld', ...of, onHand: 1, held: 1, committed: 0, expiresAt: toTimestamp(now + 31 * 60_000) });
      state = stock.evolve(state, { type: 'StockRefused', productId: 'tea', orderId: `refused-${number}`, requested: 1, available: 0, at });
      state = stock.evolve(state, { type: 'StockReleased', ...of, onHand: 1, held: 0, committed: 0, reason: 'order_canceled', at });
    }
    expect(JSON.stringify(stockSnapshot.encode(state)).length).toBeLessThan(bytes);
  });
});
