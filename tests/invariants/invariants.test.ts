import { EVENT_STORE, type EventStore } from '@tillroll/event-store';
import fc from 'fast-check';
import { carryOut } from './carry-out';
import { cartsBecomeOneOrder } from './checks/carts';
import { eventsAreTheTruth } from './checks/events';
import { limitsAreKept } from './checks/limits';
import { noMoneyIsKeptThatIsNotDue, paymentsConfirmOrComeBack } from './checks/money';
import { nothingIsStuck } from './checks/progress';
import { productsArePromisedOnce, reservationsEndOnce, stockIsConserved } from './checks/stock';
import { type Batch, schedules, type Weights } from './commands';
import { type Evidence, gather } from './evidence';
import { settle } from './settle';
import { type ShopInVirtualTime, startShopInVirtualTime } from './shop-in-virtual-time';
import { World } from './world';

/**
 * The invariants of the shop as properties: random customers and an admin do random things at once to the whole shop over
 * HTTP, on virtual time, with a payment provider that misbehaves; then everything comes to rest, and what can be seen must
 * be right. Each invariant has runs of its own, in which what strains it comes up more often; all runs end with the audit.
 *
 *   INVARIANT_RUNS=100 npm test -- tests/invariants            so many runs for each (default: 4)
 *   INVARIANT_BATCHES=60 npm test -- tests/invariants          longer runs (default: up to 24 batches of up to 8 commands)
 *   INVARIANT_SEED=… INVARIANT_PATH=… npm test -- tests/invariants -t 'invariant 5'
 *                                                              repeats a run from the seed and path that a failure printed
 *   INVARIANT_SHRINK=on …                                      looks for a shorter schedule that fails (takes minutes)
 *
 * A seed repeats the commands; how commands of one batch interleave is up to the machine.
 */
const setting = (name: string): number | undefined => (process.env[name] === undefined ? undefined : Number(process.env[name]));
const runs = setting('INVARIANT_RUNS') ?? 4;
const batches = setting('INVARIANT_BATCHES') ?? 24;
const seed = setting('INVARIANT_SEED');
const shrinks = process.env['INVARIANT_SHRINK'] === 'on';
const path = process.env['INVARIANT_PATH'];

const LONGEST_RUN_MS = 60_000;

type Check = (evidence: Evidence) => readonly string[] | Promise<readonly string[]>;

describe('whatever customers, the admin and the payment provider do', () => {
  let shop: ShopInVirtualTime | undefined;
  afterEach(async () => {
    await shop?.close();
    shop = undefined;
  });

  /** What a failed run left behind would fail every run after it. */
  async function inAFreshWorld(schedule: readonly Batch[], check: Check): Promise<void> {
    shop ??= await startShopInVirtualTime();
    const used = shop;
    try {
      await used.time.untilIdle();
      const from = await used.app.get<EventStore>(EVENT_STORE).head();
      const world = await used.time.during(World.begin(used, from));
      await carryOut(world, schedule);
      await settle(world);
      const evidence = await gather(world);
      const { audited, auditedLive } = evidence;
      expect({ wrong: await check(evidence), faults: world.faults, audited, auditedLive, errors: used.errors }).toEqual({ wrong: [], faults: [], audited: [], auditedLive: [], errors: [] });
    } catch (error) {
      shop = undefined;
      await used.close();
      throw error;
    }
  }

  function invariant(name: string, weights: Weights, check: Check): void {
    it(
      name,
      () =>
        fc.assert(fc.asyncProperty(schedules(weights, batches), (schedule) => inAFreshWorld(schedule, check)), {
          numRuns: runs,
          endOnFailure: !shrinks,
          interruptAfterTimeLimit: runs * LONGEST_RUN_MS,
          ...(seed === undefined ? {} : { seed }),
          ...(path === undefined ? {} : { path }),
        }),
      (runs + 1) * LONGEST_RUN_MS,
    );
  }

  invariant('invariant 1: nothing is held or committed that is not on hand, unless a shortfall is recorded', { buy: 30, adjust: 6, count: 4 }, productsArePromisedOnce);
  invariant('invariant 2: received + adjusted - shipped = on hand, and held is the sum of the live reservations', { adjust: 5, further: 16, cancel: 8 }, stockIsConserved);
  invariant('invariant 3: a final order owns no live reservation, and each is released or shipped at most once', { further: 20, advance: 6, cancel: 12, wait: 3 }, reservationsEndOnce);
  invariant('invariant 4: one checked-out cart is one order, with its lines and their total', { add: 16, change: 8, remove: 4, place: 16, repeat: 10, reprice: 5 }, cartsBecomeOneOrder);
  invariant('invariant 5: no more is kept than an order costs, and nothing of one that fell through', { pay: 12, cancel: 10, refund: 14, answer: 8, wait: 3 }, noMoneyIsKeptThatIsNotDue);
  invariant('invariant 6: every captured payment confirms an order or comes back, and an order is paid once', { pay: 16, answer: 12, sync: 6, wait: 4, misbehave: 6 }, paymentsConfirmOrComeBack);
  invariant('invariant 7: what was accepted is in the store, is published in order, has its effect once, and read models are the fold of it', { repeat: 12, misbehave: 4 }, eventsAreTheTruth);
  invariant('invariant 8: nothing is stuck', { misbehave: 8, wait: 5, forget: 2, offer: 3 }, nothingIsStuck);
  invariant('invariant 9: a customer never buys more of a limited product than its limit', { buy: 50, place: 16, limit: 0, cancel: 10, wait: 2, sleepOver: 3 }, limitsAreKept);
});
