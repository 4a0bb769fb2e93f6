import { StoreUnavailable } from '@tillroll/event-store';
import { sleep } from '@tillroll/kernel';
import type { Lead } from '@tillroll/processing';
import { type LeadershipPlace, leadershipContract, sharedLeadershipContract } from '@tillroll/processing/testing/leadership-contract';
import { RecordedRuns } from '@tillroll/processing/testing/led-work';
import { until, VirtualClock } from '@tillroll/testing';
import fc from 'fast-check';
import { MemoryLeases } from '../testing/memory-lease-book';
import { leasedLeadership } from './leased-leadership';

const NAME = 'relay.order';

async function place(): Promise<LeadershipPlace> {
  const clock = new VirtualClock();
  const leases = new MemoryLeases();
  return {
    open: () => leasedLeadership({ book: leases.book(), clock }),
    until: (condition) =>
      until(async () => {
        if (!condition()) await clock.advance(100);
        return condition();
      }),
    close: async () => undefined,
  };
}

leadershipContract('leases', place);
sharedLeadershipContract('leases', place);

/** A process, and the line between it and the leases. */
class Process {
  isCut = false;
  readonly runs = new RecordedRuns();
  readonly leadership;

  constructor(leases: MemoryLeases, clock: VirtualClock) {
    const line = async <T>(work: () => T): Promise<T> => {
      if (this.isCut) throw new StoreUnavailable('the line is cut');
      return work();
    };
    this.leadership = leasedLeadership({ book: leases.book(line), clock });
  }

  lead() {
    return this.leadership.lead(NAME, this.runs.work);
  }
}

describe('leadership by leases', () => {
  const clock = new VirtualClock();

  async function two(): Promise<readonly [Process, Process]> {
    const leases = new MemoryLeases();
    const [first, second] = [new Process(leases, clock), new Process(leases, clock)];
    first.lead();
    await clock.advance(0);
    second.lead();
    await clock.advance(10_000);
    expect([first.runs.running, second.runs.running]).toEqual([1, 0]);
    return [first, second];
  }
  const stop = (...processes: readonly Process[]) => Promise.all(processes.map(({ leadership }) => leadership.stop()));

  it('stays where it is while its leader lives', async () => {
    const [first, second] = await two();
    await clock.advance(3_600_000);
    expect(first.runs.epochs).toEqual([1]);
    expect(second.runs.epochs).toEqual([]);
    await stop(first, second);
  });

  it('ends at a leader that cannot renew before another begins, and returns nowhere by itself', async () => {
    const [first, second] = await two();
    first.isCut = true;
    await clock.advance(4_000);
    expect([first.runs.running, second.runs.running]).toEqual([0, 0]);
    await clock.advance(5_000);
    expect([first.runs.running, second.runs.running]).toEqual([0, 1]);
    expect(second.runs.epochs).toEqual([2]);
    first.isCut = false;
    await clock.advance(60_000);
    expect([first.runs.running, second.runs.running]).toEqual([0, 1]);
    await stop(first, second);
  });

  it('goes on after an outage that is short', async () => {
    const [first, second] = await two();
    first.isCut = second.isCut = true;
    await clock.advance(2_000);
    first.isCut = second.isCut = false;
    await clock.advance(60_000);
    expect(first.runs.epochs).toEqual([1]);
    await stop(first, second);
  });

  it('is somewhere again after a long outage', async () => {
    const [first, second] = await two();
    first.isCut = second.isCut = true;
    await clock.advance(60_000);
    expect(first.runs.running + second.runs.running).toBe(0);
    first.isCut = second.isCut = false;
    await clock.advance(3_000);
    expect(first.runs.running + second.runs.running).toBe(1);
    await stop(first, second);
  });

  it('does not care what time the machines think it is', async () => {
    const [first, second] = await two();
    for (const jump of [-86_400_000, 86_400_000, -1]) {
      clock.jumpTo(clock.now() + jump);
      await clock.advance(20_000);
    }
    expect(first.runs.epochs).toEqual([1]);
    expect(second.runs.epochs).toEqual([]);
    await stop(first, second);
  });

  it('is kept while the work ends, however long that takes', async () => {
    const leases = new MemoryLeases();
    const [slow, other] = [new Process(leases, clock), new Process(leases, clock)];
    let ended = false;
    const work: Lead = async (signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await sleep(clock, 30_000);
      ended = true;
    };
    const led = slow.leadership.lead(NAME, work);
    await clock.advance(100);
    other.lead();
    const stopped = led.stop();
    await clock.advance(29_000);
    expect([ended, other.runs.running]).toEqual([false, 0]);
    await clock.advance(5_000);
    expect([ended, other.runs.running]).toEqual([true, 1]);
    await stopped;
    await stop(slow, other);
  });

  it('is refused times that would let two lead', () => {
    for (const times of [{ leaseMs: 5_000, renewMs: 1_000, holdMs: 5_000 }, { leaseMs: 5_000, renewMs: 4_000, holdMs: 4_000 }])
      expect(() => leasedLeadership({ book: new MemoryLeases().book(), clock, times })).toThrow(TypeError);
  });

  it('is with one at most, whatever happens to the lines between them and the leases', async () => {
    const step = fc.record({ ms: fc.integer({ min: 1, max: 4_000 }), who: fc.nat({ max: 2 }), what: fc.constantFrom('cut', 'mend', 'slow', 'answers get lost', 'restart') });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.infiniteStream(fc.nat({ max: 3_000 })), async (steps, delays) => {
        const time = new VirtualClock();
        const leases = new MemoryLeases();
        const runs = new RecordedRuns();
        const states = ['mend', 'mend', 'mend'];
        const start = (who: number) => {
          const line = async <T>(work: () => T): Promise<T> => {
            const wait = () => sleep(time, states[who] === 'slow' ? (delays.next().value ?? 0) : 1);
            if (states[who] === 'cut') throw new StoreUnavailable('cut');
            await wait();
            const done = work();
            await wait();
            if (states[who] === 'answers get lost') throw new StoreUnavailable('lost');
            return done;
          };
          const leadership = leasedLeadership({ book: leases.book(line), clock: time });
          leadership.lead(NAME, runs.work);
          return leadership;
        };
        const processes = [0, 1, 2].map(start);
        for (const { ms, who, what } of steps) {
          if (what === 'restart') {
            const stopping = processes[who]?.stop();
            await time.advance(20_000);
            await stopping;
            processes[who] = start(who);
          } else states[who] = what;
          await time.advance(ms);
        }
        states.fill('mend');
        await time.advance(20_000);
        expect(runs).toMatchObject({ running: 1, most: 1 });
        expect([...new Set(runs.epochs)].toSorted((a, b) => a - b)).toEqual(runs.epochs);
        const stopping = Promise.all(processes.map((each) => each.stop()));
        await time.advance(20_000);
        await stopping;
      }),
      { numRuns: 40 },
    );
  });
});
