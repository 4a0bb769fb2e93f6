import { given } from '@tillroll/testing';
import {
  adjustBy,
  adjusted,
  commit,
  committed,
  held,
  hold,
  minutes,
  reclaim,
  refused,
  release,
  released,
  setTo,
  ship,
  shipped,
  shortfall,
  totals,
} from '../testing/stock-samples';
import { stock } from './stock';

const fiveTeas = adjusted(5, totals(5));

describe('holding stock', () => {
  it('holds what is available', () =>
    given(stock, [fiveTeas])
      .when(hold('a', 3))
      .then(held('a', 3, totals(5, 3))));

  it('holds the last unit for the first who asks, and records the refusal of the second', () => {
    given(stock, [adjusted(1, totals(1))]).when(hold('a', 1)).then(held('a', 1, totals(1, 1)));
    given(stock, [adjusted(1, totals(1)), held('a', 1, totals(1, 1))]).when(hold('b', 1)).then(refused('b', 1, 0));
  });

  it('knows nothing of a product that never had stock, and refuses it', () => given(stock).when(hold('a', 1)).then(refused('a', 1, 0)));

  it('changes nothing when the order holds already', () => given(stock, [fiveTeas, held('a', 3, totals(5, 3))]).when(hold('a', 3)).thenNothing());

  it('gives a refused order the same answer again, also when stock came in', () =>
    given(stock, [fiveTeas, refused('a', 6, 5), adjusted(10, totals(15))])
      .when(hold('a', 6))
      .thenNothing());

  it.each([
    ['released', [held('a', 2, totals(5, 2)), released('a', 2, totals(5))]],
    ['committed', [held('a', 2, totals(5, 2)), committed('a', 2, totals(5, 0, 2))]],
    ['shipped', [held('a', 2, totals(5, 2)), committed('a', 2, totals(5, 0, 2)), shipped('a', 2, totals(3))]],
    ['expired', [held('a', 2, totals(5, 2)), released('a', 2, totals(5), 'expired')]],
  ])('does not hold again for an order that was %s', (_, history) =>
    given(stock, [fiveTeas, ...history])
      .when(hold('a', 2))
      .thenNothing());

  it('refuses a hold that arrives after its own end', () => given(stock, [fiveTeas]).when(hold('a', 3, minutes(31), minutes(31))).then(refused('a', 3, 5, minutes(31))));
});

describe('holds whose time is over', () => {
  const sold = [fiveTeas, held('a', 2, totals(5, 2), minutes(10)), held('b', 2, totals(5, 4), minutes(5)), held('c', 1, totals(5, 5), minutes(20))];

  it('are free stock, though no timer ran: the longest expired goes first, and no more than needed', () =>
    given(stock, sold)
      .when(hold('d', 1, minutes(15)))
      .then(released('b', 2, totals(5, 3), 'expired', minutes(15)), held('d', 1, totals(5, 4))));

  it('all go when all are needed', () =>
    given(stock, sold)
      .when(hold('d', 4, minutes(15)))
      .then(released('b', 2, totals(5, 3), 'expired', minutes(15)), released('a', 2, totals(5, 1), 'expired', minutes(15)), held('d', 4, totals(5, 5))));

  it('are given up even when they are not enough', () =>
    given(stock, sold)
      .when(hold('d', 5, minutes(15)))
      .then(released('b', 2, totals(5, 3), 'expired', minutes(15)), released('a', 2, totals(5, 1), 'expired', minutes(15)), refused('d', 5, 4, minutes(15))));

  it('stay while nobody is short', () => given(stock, [fiveTeas, held('a', 2, totals(5, 2), minutes(5))]).when(hold('b', 3, minutes(15))).then(held('b', 3, totals(5, 5))));

  it('are not those that are committed', () =>
    given(stock, [fiveTeas, held('a', 5, totals(5, 5), minutes(5)), committed('a', 5, totals(5, 0, 5))])
      .when(hold('b', 1, minutes(15)))
      .then(refused('b', 1, 0, minutes(15))));

  it('are given back by the timer, and only then', () => {
    given(stock, sold).when(reclaim('b', minutes(5))).then(released('b', 2, totals(5, 3), 'expired', minutes(5)));
    given(stock, sold).when(reclaim('b', minutes(4))).thenNothing();
    given(stock, sold).when(reclaim('z', minutes(60))).thenNothing();
  });
});

describe('committing stock', () => {
  const holding = [fiveTeas, held('a', 3, totals(5, 3))];

  it('moves the held units to the order', () => given(stock, holding).when(commit('a', 3)).then(committed('a', 3, totals(5, 0, 3))));

  it('also moves those of a hold that expired and that nobody took', () => given(stock, holding).when(commit('a', 3, minutes(60))).then(committed('a', 3, totals(5, 0, 3))));

  it('changes nothing the second time', () => given(stock, [...holding, committed('a', 3, totals(5, 0, 3))]).when(commit('a', 3)).thenNothing());

  it('holds again when the hold was given up and there is still stock', () =>
    given(stock, [...holding, released('a', 3, totals(5), 'expired', minutes(40))])
      .when(commit('a', 3, minutes(45)))
      .then(held('a', 3, totals(5, 3)), committed('a', 3, totals(5, 0, 3))));

  it('is refused when the hold was given up and the stock is gone', () =>
    given(stock, [...holding, released('a', 3, totals(5), 'expired', minutes(40)), held('b', 4, totals(5, 4), minutes(90))])
      .when(commit('a', 3, minutes(45)))
      .then(refused('a', 3, 1, minutes(45))));

  it('changes nothing for an order whose stock was given back', () => given(stock, [...holding, released('a', 3, totals(5))]).when(commit('a', 3)).thenNothing());

  it('changes nothing for an order that was refused', () => given(stock, [fiveTeas, refused('a', 6, 5)]).when(commit('a', 6)).thenNothing());
});

describe('releasing stock', () => {
  const holding = [fiveTeas, held('a', 3, totals(5, 3))];

  it('frees what is held', () => given(stock, holding).when(release('a')).then(released('a', 3, totals(5))));

  it('frees what is committed', () => given(stock, [...holding, committed('a', 3, totals(5, 0, 3))]).when(release('a')).then(released('a', 3, totals(5))));

  it('changes nothing the second time, after shipping, and for a stranger', () => {
    given(stock, [...holding, released('a', 3, totals(5))]).when(release('a')).thenNothing();
    given(stock, [...holding, committed('a', 3, totals(5, 0, 3)), shipped('a', 3, totals(2))]).when(release('a')).thenNothing();
    given(stock, holding).when(release('z')).thenNothing();
  });
});

describe('shipping stock', () => {
  const bought = [fiveTeas, held('a', 3, totals(5, 3)), committed('a', 3, totals(5, 0, 3))];

  it('takes it off the shelf', () => given(stock, bought).when(ship('a')).then(shipped('a', 3, totals(2))));

  it('changes nothing the second time, after a release, and before the order was confirmed', () => {
    given(stock, [...bought, shipped('a', 3, totals(2))]).when(ship('a')).thenNothing();
    given(stock, [...bought, released('a', 3, totals(5))]).when(ship('a')).thenNothing();
    given(stock, bought.slice(0, 2)).when(ship('a')).thenNothing();
  });
});

describe('adjusting stock', () => {
  it('by a difference, or to what was counted', () => {
    given(stock, [fiveTeas]).when(adjustBy(-2)).then(adjusted(-2, totals(3)));
    given(stock, [fiveTeas]).when(setTo(12)).then(adjusted(7, totals(12)));
  });

  it('records a count that confirms the ledger', () => given(stock, [fiveTeas]).when(setTo(5)).then(adjusted(0, totals(5))));

  it('is refused below zero', () => given(stock, [fiveTeas]).when(adjustBy(-6)).thenRefused('stock_below_zero', { onHand: 5 }));

  it('below what orders own is accepted, and the shortfall recorded (R16)', () =>
    given(stock, [fiveTeas, held('a', 3, totals(5, 3)), committed('b', 1, totals(5, 3, 1))])
      .when(setTo(2))
      .then(adjusted(-3, totals(2, 3, 1)), shortfall(2, totals(2, 3, 1))));

  const short = [fiveTeas, held('a', 5, totals(5, 5)), adjusted(-3, totals(2, 5)), shortfall(3, totals(2, 5))];

  it('follows the shortfall until it is over', () => {
    given(stock, short).when(adjustBy(1)).then(adjusted(1, totals(3, 5)), shortfall(2, totals(3, 5)));
    given(stock, short).when(adjustBy(9)).then(adjusted(9, totals(11, 5)), shortfall(0, totals(11, 5)));
    given(stock, short).when(release('a')).then(released('a', 5, totals(2)), shortfall(0, totals(2)));
    given(stock, short).when(commit('a', 5)).then(committed('a', 5, totals(2, 0, 5)));
  });

  it('sends nothing short to anybody else', () => given(stock, short).when(hold('b', 1)).then(refused('b', 1, 0)));

  it('lets goods out that the ledger did not know of, and back up towards zero', () => {
    const committedShort = [...short, committed('a', 5, totals(2, 0, 5))];
    given(stock, committedShort).when(ship('a')).then(shipped('a', 5, totals(-3)));
    given(stock, [...committedShort, shipped('a', 5, totals(-3))]).when(adjustBy(1)).then(adjusted(1, totals(-2)), shortfall(2, totals(-2)));
  });
});
