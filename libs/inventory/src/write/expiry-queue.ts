import type { EpochMs } from '@tillroll/kernel';

/** When the hold of an order ends. */
export interface Expiry {
  readonly orderId: string;
  readonly expiresAt: EpochMs;
}

/**
 * Expiries, earliest first: an immutable leftist heap (Crane, 1972). Adding, peeking and taking the earliest cost
 * O(log n), O(1) and O(log n), and share structure with the queue before.
 */
export type ExpiryQueue = Node | undefined;

interface Node {
  readonly earliest: Expiry;
  readonly left: ExpiryQueue;
  readonly right: ExpiryQueue;
  /** The length of the right spine, which is never longer than the left one. */
  readonly rank: number;
  readonly size: number;
}

export const NO_EXPIRIES = undefined;

export const sizeOf = (queue: ExpiryQueue): number => queue?.size ?? 0;

export const addExpiry = (queue: ExpiryQueue, expiry: Expiry): ExpiryQueue => merge(queue, node(expiry, undefined, undefined));

/** Undefined when the queue is empty. */
export const earliestOf = (queue: ExpiryQueue): Expiry | undefined => queue?.earliest;

export const withoutEarliest = (queue: ExpiryQueue): ExpiryQueue => merge(queue?.left, queue?.right);

export const expiryQueueOf = (expiries: Iterable<Expiry>): ExpiryQueue => {
  let queue: ExpiryQueue = NO_EXPIRIES;
  for (const expiry of expiries) queue = addExpiry(queue, expiry);
  return queue;
};

function node(earliest: Expiry, a: ExpiryQueue, b: ExpiryQueue): Node {
  const [left, right] = (a?.rank ?? 0) >= (b?.rank ?? 0) ? [a, b] : [b, a];
  return { earliest, left, right, rank: (right?.rank ?? 0) + 1, size: sizeOf(a) + sizeOf(b) + 1 };
}

function merge(a: ExpiryQueue, b: ExpiryQueue): ExpiryQueue {
  if (a === undefined) return b;
  if (b === undefined) return a;
  const [first, second] = isBefore(a.earliest, b.earliest) ? [a, b] : [b, a];
  return node(first.earliest, first.left, merge(first.right, second));
}

/** Ties are broken by the order's id, so that the order does not depend on the history of the queue. */
const isBefore = (a: Expiry, b: Expiry): boolean => a.expiresAt < b.expiresAt || (a.expiresAt === b.expiresAt && a.orderId < b.orderId);
