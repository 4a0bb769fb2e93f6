import { type Decider, refuse, toTimestamp, unreachable } from '@tillroll/kernel';
import type { Adjustment, AdjustStock, CommitStock, HoldStock, StockCommand } from './stock-commands';
import type { StockEvent, StockTotals } from './stock-events';
import { availableIn, emptyStock, evolveStock, lapsedHolds, RELEASED_BY_EXPIRY, shortfallOf, standingOf, type Stock } from './stock-state';

/** One decision stays well under the size limit of an append. */
const MOST_RECLAIMED_AT_ONCE = 1000;

export const stock: Decider<Stock, StockCommand, StockEvent> = {
  initialState: emptyStock,

  decide(state, command) {
    return recordingShortfall(state, decided(state, command));
  },

  evolve: evolveStock,
};

function decided(state: Stock, command: StockCommand): readonly StockEvent[] {
  switch (command.type) {
    case 'AdjustStock':
      return [adjusted(state, command)];
    case 'HoldStock':
      return hold(state, command);
    case 'CommitStock':
      return commit(state, command);
    case 'ReleaseStock':
      return release(state, command, command.reason);
    case 'ReclaimStock': {
      const claim = state.holds.get(command.orderId);
      return claim !== undefined && claim.expiresAt <= command.at ? release(state, command, RELEASED_BY_EXPIRY) : [];
    }
    case 'ShipStock': {
      const { productId, orderId, at } = command;
      const claim = state.commitments.get(orderId);
      if (claim === undefined) return [];
      const { quantity } = claim;
      const totals = { onHand: state.onHand - quantity, held: state.held, committed: state.committed - quantity };
      return [{ type: 'StockShipped', productId, orderId, quantity, ...totals, at: toTimestamp(at) }];
    }
    default:
      return unreachable(command);
  }
}

function adjusted(state: Stock, { productId, adjustment, reason }: AdjustStock): StockEvent {
  const delta = deltaOf(adjustment, state.onHand);
  const onHand = state.onHand + delta;
  if (onHand < 0 && delta < 0) refuse('stock_below_zero', { onHand: state.onHand });
  return { type: 'StockAdjusted', productId, delta, reason, onHand, held: state.held, committed: state.committed };
}

const deltaOf = (adjustment: Adjustment, onHand: number): number => ('delta' in adjustment ? adjustment.delta : adjustment.setTo - onHand);

function hold(state: Stock, command: HoldStock): readonly StockEvent[] {
  if (standingOf(state, command.orderId).standing !== 'none') return [];
  return command.at < command.expiresAt ? holdOrRefuse(state, command).events : [refused(state, command)];
}

function commit(state: Stock, command: CommitStock): readonly StockEvent[] {
  const { orderId } = command;
  const claim = state.holds.get(orderId);
  if (claim !== undefined) return [committed(state, command, claim.quantity)];
  const { standing } = standingOf(state, orderId);
  if (standing !== 'expired' && standing !== 'none') return [];
  const again = holdOrRefuse(state, command);
  return again.isHeld ? [...again.events, committed(again.totals, command, command.quantity)] : again.events;
}

interface Attempt {
  readonly isHeld: boolean;
  readonly events: readonly StockEvent[];
  readonly totals: StockTotals;
}

/** An expired hold is free stock, whether or not a timer has noticed. */
function holdOrRefuse(state: Stock, command: HoldStock | CommitStock): Attempt {
  const { productId, orderId, quantity } = command;
  const { events, totals } = availableIn(state) >= quantity ? { events: [], totals: state } : reclaimed(state, command);
  if (availableIn(totals) < quantity) return { isHeld: false, events: [...events, refused(totals, command)], totals };
  const after = { onHand: totals.onHand, held: totals.held + quantity, committed: totals.committed };
  const held: StockEvent = { type: 'StockHeld', productId, orderId, quantity, ...after, expiresAt: toTimestamp(command.expiresAt) };
  return { isHeld: true, events: [...events, held], totals: after };
}

/** Gives up expired holds, the oldest first, as far as the command needs them. */
function reclaimed(state: Stock, { productId, quantity, at }: HoldStock | CommitStock): { readonly events: readonly StockEvent[]; readonly totals: StockTotals } {
  const events: StockEvent[] = [];
  let totals: StockTotals = { onHand: state.onHand, held: state.held, committed: state.committed };
  for (const lapsed of lapsedHolds(state, at)) {
    totals = { ...totals, held: totals.held - lapsed.quantity };
    events.push({ type: 'StockReleased', productId, ...lapsed, ...totals, reason: RELEASED_BY_EXPIRY, at: toTimestamp(at) });
    if (availableIn(totals) >= quantity || events.length === MOST_RECLAIMED_AT_ONCE) break;
  }
  return { events, totals };
}

const refused = (totals: StockTotals, { productId, orderId, quantity, at }: HoldStock | CommitStock): StockEvent => ({
  type: 'StockRefused',
  productId,
  orderId,
  requested: quantity,
  available: Math.max(0, availableIn(totals)),
  at: toTimestamp(at),
});

const committed = ({ onHand, held, committed }: StockTotals, { productId, orderId }: CommitStock, quantity: number): StockEvent => ({
  type: 'StockCommitted',
  productId,
  orderId,
  quantity,
  onHand,
  held: held - quantity,
  committed: committed + quantity,
});

function release(state: Stock, { productId, orderId, at }: { readonly productId: string; readonly orderId: string; readonly at: number }, reason: string): readonly StockEvent[] {
  const held = state.holds.get(orderId)?.quantity ?? 0;
  const committed = state.commitments.get(orderId)?.quantity ?? 0;
  const quantity = held + committed;
  if (quantity === 0) return [];
  const totals = { onHand: state.onHand, held: state.held - held, committed: state.committed - committed };
  return [{ type: 'StockReleased', productId, orderId, quantity, ...totals, reason, at: toTimestamp(at) }];
}

/** Adds what became of the shortfall, when it changed. */
function recordingShortfall(state: Stock, events: readonly StockEvent[]): readonly StockEvent[] {
  const last = events.findLast((event) => 'onHand' in event);
  if (last === undefined) return events;
  const { productId, onHand, held, committed } = last;
  const totals = { onHand, held, committed };
  const shortfall = shortfallOf(totals);
  return shortfall === state.shortfall ? events : [...events, { type: 'ShortfallRecorded', productId, shortfall, ...totals }];
}
