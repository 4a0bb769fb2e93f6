import fc from 'fast-check';

/** Small numbers stand for one of what there is when the command is carried out. */
export type Command =
  | { readonly do: 'add'; readonly customer: number; readonly product: number; readonly quantity: number }
  | { readonly do: 'change'; readonly customer: number; readonly product: number; readonly quantity: number }
  | { readonly do: 'remove'; readonly customer: number; readonly product: number }
  | { readonly do: 'empty'; readonly customer: number }
  | { readonly do: 'check'; readonly customer: number }
  | { readonly do: 'place'; readonly customer: number; readonly consents: boolean }
  | { readonly do: 'pay'; readonly order: number; readonly method: Method }
  /** Adds, places and pays, one after another. */
  | { readonly do: 'buy'; readonly customer: number; readonly product: number; readonly quantity: number; readonly method: Method }
  | { readonly do: 'answer'; readonly order: number; readonly outcome: 'approve' | 'decline' }
  | { readonly do: 'sync'; readonly order: number }
  | { readonly do: 'cancel'; readonly order: number; readonly by: 'customer' | 'admin' }
  | { readonly do: 'advance'; readonly order: number; readonly to: 'processing' | 'shipped' | 'delivered' }
  /** Brings it one status further, whatever that is. */
  | { readonly do: 'further'; readonly order: number }
  | { readonly do: 'refund'; readonly order: number; readonly share: number }
  | { readonly do: 'adjust'; readonly product: number; readonly delta: number }
  | { readonly do: 'count'; readonly product: number; readonly units: number }
  | { readonly do: 'reprice'; readonly product: number; readonly amount: number }
  | { readonly do: 'limit'; readonly product: number; readonly units: number | null }
  | { readonly do: 'offer'; readonly product: number; readonly onSale: boolean }
  | { readonly do: 'forget'; readonly customer: number }
  | { readonly do: 'repeat'; readonly write: number }
  | { readonly do: 'wait'; readonly minutes: number }
  /** Over a day: longer than any limit counts. */
  | { readonly do: 'sleepOver' }
  | { readonly do: 'misbehave'; readonly how: Misbehaviour };

export type Kind = Command['do'];

export const METHODS = ['card_ok', 'card_declined', 'card_insufficient_funds', 'card_redirect', 'card_authorize', 'card_late_success', 'card_refund_fails'] as const;
export type Method = (typeof METHODS)[number];

/** Hanging is left out: it costs real time. */
export interface Misbehaviour {
  readonly delayMs: number;
  readonly duplicate: number;
  readonly drop: number;
  readonly reorder: number;
  readonly errorRate: number;
}

const some = fc.nat({ max: 15 });
const customer = fc.nat({ max: 4 });
const product = fc.nat({ max: 2 });
const rate = fc.constantFrom(0, 0, 0.3, 0.8);
const quantity = fc.integer({ min: 1, max: 3 });
const method = fc.oneof({ arbitrary: fc.constant<Method>('card_ok'), weight: 4 }, { arbitrary: fc.constantFrom(...METHODS), weight: 5 });

const arbitraries = {
  add: fc.record({ do: fc.constant('add'), customer, product, quantity }),
  change: fc.record({ do: fc.constant('change'), customer, product, quantity: fc.nat({ max: 4 }) }),
  remove: fc.record({ do: fc.constant('remove'), customer, product }),
  empty: fc.record({ do: fc.constant('empty'), customer }),
  check: fc.record({ do: fc.constant('check'), customer }),
  place: fc.record({ do: fc.constant('place'), customer, consents: fc.boolean() }),
  pay: fc.record({ do: fc.constant('pay'), order: some, method }),
  buy: fc.record({ do: fc.constant('buy'), customer, product, quantity, method }),
  answer: fc.record({ do: fc.constant('answer'), order: some, outcome: fc.constantFrom('approve', 'approve', 'decline') }),
  sync: fc.record({ do: fc.constant('sync'), order: some }),
  cancel: fc.record({ do: fc.constant('cancel'), order: some, by: fc.constantFrom('customer', 'admin') }),
  advance: fc.record({ do: fc.constant('advance'), order: some, to: fc.constantFrom('processing', 'shipped', 'delivered') }),
  further: fc.record({ do: fc.constant('further'), order: some }),
  refund: fc.record({ do: fc.constant('refund'), order: some, share: fc.constantFrom(0.2, 0.5, 1) }),
  adjust: fc.record({ do: fc.constant('adjust'), product, delta: fc.integer({ min: -4, max: 8 }).filter((delta) => delta !== 0) }),
  count: fc.record({ do: fc.constant('count'), product, units: fc.nat({ max: 8 }) }),
  reprice: fc.record({ do: fc.constant('reprice'), product, amount: fc.integer({ min: 1, max: 2_000 }) }),
  limit: fc.record({ do: fc.constant('limit'), product, units: fc.option(fc.integer({ min: 1, max: 6 })) }),
  offer: fc.record({ do: fc.constant('offer'), product, onSale: fc.boolean() }),
  forget: fc.record({ do: fc.constant('forget'), customer }),
  repeat: fc.record({ do: fc.constant('repeat'), write: fc.nat({ max: 60 }) }),
  wait: fc.record({ do: fc.constant('wait'), minutes: fc.constantFrom(1, 1, 2, 3, 5, 11) }),
  sleepOver: fc.record({ do: fc.constant('sleepOver') }),
  misbehave: fc.record({ do: fc.constant('misbehave'), how: fc.record({ delayMs: fc.constantFrom(0, 0, 5_000), duplicate: rate, drop: rate, reorder: rate, errorRate: fc.constantFrom(0, 0.2, 0.5) }) }),
} satisfies Readonly<Record<Kind, fc.Arbitrary<unknown>>>;

export type Weights = Partial<Readonly<Record<Kind, number>>>;

/** How often each kind comes up unless a test says otherwise. */
const USUAL: Readonly<Record<Kind, number>> = {
  add: 12, change: 3, remove: 1, empty: 1, check: 1, place: 8, pay: 6, buy: 16, answer: 4, sync: 2, cancel: 4, advance: 2, further: 8,
  refund: 4, adjust: 3, count: 1, reprice: 2, limit: 1, offer: 1, forget: 0.5, repeat: 4, wait: 1.5, sleepOver: 0.3, misbehave: 2,
};

/** What happens at once. */
export type Batch = readonly Command[];

/** Batches that come one after another. */
export function schedules(weights: Weights, batches: number): fc.Arbitrary<readonly Batch[]> {
  const weighed = Object.entries({ ...USUAL, ...weights }).map(([kind, weight]) => ({ arbitrary: arbitraries[kind as Kind] as fc.Arbitrary<Command>, weight: Math.round(weight * 10) }));
  const batch = fc.array(fc.oneof(...weighed), { minLength: 1, maxLength: 8, size: 'max' });
  return fc.array(batch, { minLength: Math.ceil(batches / 2), maxLength: batches, size: 'max' });
}
