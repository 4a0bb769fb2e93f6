import type { MoveResult } from './move-shop';
import { duration, shownNumber } from './progress';

/** The result for people, a line each. */
export function shownResult({ outcome, finished, source, target, copied, copyMs, sameOrder, places, consumers, audit }: MoveResult): readonly string[] {
  const shop = `${shownNumber(source.events)} events of ${shownNumber(source.streams)} streams`;
  if (outcome === 'already_moved') return [`${source.directory} was moved to ${target.name} already, finished ${finished ?? ''}: ${shop}. Nothing was changed.`];
  const left = consumers.flatMap(({ name, behind, parked }) => [
    ...(behind > 0 ? [`${name} goes on ${shownNumber(behind)} events before the end`] : []),
    ...(parked > 0 ? [`${name} keeps ${shownNumber(parked)} parked events`] : []),
  ]);
  const violations = audit.source.violations === 0 ? [] : [`The shop broke ${audit.source.violations} invariants before the move: see npm run audit.`];
  if (outcome === 'would_move') {
    const there = target.events === 0 ? 'is empty' : `has ${shownNumber(target.events)} of them from a move that was cut off`;
    return [`${source.directory} has ${shop}; ${target.name} ${there}.`, `${shownNumber(copied)} events would be copied, and then secrets, keys, idempotency records and positions. Nothing was written.`, ...left, ...violations];
  }
  return [
    `Moved ${shop} from ${source.directory} to ${target.name}: ${shownNumber(copied)} copied in ${duration(copyMs)}, read back, and each stream is the same (${source.digest}).`,
    ...(sameOrder ? [] : ['The log has another order in places, where appends were repeated; every event stands behind its cause.']),
    ...places.map(({ name, secrets, uses }) => `${name}: ${shownNumber(secrets.kept)} secrets and keys, ${shownNumber(secrets.destroyed)} destroyed ones, ${shownNumber(uses)} idempotency records, ${consumers.length} consumers`),
    ...left,
    `The audit checked ${shownNumber(audit.target?.events ?? 0)} events in the target and found the same as in the source: ${audit.target?.violations ?? 0} violations.`,
    ...violations,
  ];
}
