import { until } from '@tillroll/testing';
import fc from 'fast-check';
import { type Timers, TimersUnderTest } from '../testing/timers';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('deadlines', () => {
  let place: TimersUnderTest;
  let timers: Timers;

  beforeEach(async () => {
    place = new TimersUnderTest();
    timers = place.timers;
    await place.start();
  });
  afterEach(() => place.remove());

  it('are called when they are due, and not before', async () => {
    await place.set('egg', 4 * MINUTE);
    await place.settled();
    await place.clock.advance(4 * MINUTE - 1);
    expect(timers.calls).toEqual([]);
    await place.clock.advance(1);
    expect(timers.calls).toEqual(['egg']);
  });

  it('are called in the order of their times', async () => {
    await place.set('late', 3 * MINUTE);
    await place.set('early', 1 * MINUTE);
    await place.set('between', 2 * MINUTE);
    await place.settled();
    timers.inCall = (key) => place.clear(key);
    for (let minute = 1; minute <= 5; minute++) {
      await place.clock.advance(MINUTE);
      await until(() => place.nothingOverdue());
    }
    expect(timers.calls).toEqual(['early', 'between', 'late']);
  });

  it('are not called when an event has cleared or moved them', async () => {
    await place.set('cleared', MINUTE);
    await place.set('moved', MINUTE);
    await place.settled();
    await place.clear('cleared');
    await place.set('moved', HOUR);
    await place.settled();
    await place.clock.advance(30 * MINUTE);
    expect(timers.calls).toEqual([]);
    await place.clock.advance(30 * MINUTE);
    expect(timers.calls).toEqual(['moved']);
  });

  it('set no timer when there are none', async () => {
    expect(place.clock.pending).toBe(0);
    await place.set('egg', MINUTE);
    await place.settled();
    expect(place.clock.pending).toBe(1);
    timers.inCall = () => place.clear('egg');
    await place.clock.advance(MINUTE);
    await until(() => place.clock.pending === 0);
    expect(timers.calls).toEqual(['egg']);
  });

  it('are called again when the call throws: after 1 s, doubling up to a minute, and show meanwhile', async () => {
    timers.inCall = () => Promise.reject(new Error('the kitchen is on fire'));
    await place.set('egg', MINUTE);
    await place.settled();
    const began = place.clock.now() + MINUTE;
    const times: number[] = [];
    timers.inCall = () => {
      times.push((place.clock.now() - began) / 1000);
      return Promise.reject(new Error('the kitchen is on fire'));
    };
    await place.clock.advance(6 * MINUTE);
    expect(times).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
    expect(place.runner.status()).toEqual([
      { kind: 'timer.alarms', overdue: 1, late: [expect.objectContaining({ key: 'timer-egg', attempts: 10, error: 'Error: the kitchen is on fire' })] },
    ]);
    timers.inCall = () => place.clear('egg');
    await place.clock.advance(MINUTE);
    await until(() => place.nothingOverdue());
  });

  it('are called again in the same way when no event clears them', async () => {
    await place.set('egg', MINUTE);
    await place.settled();
    await place.clock.advance(MINUTE + 8_000);
    expect(timers.calls).toHaveLength(4);
    expect(place.runner.status()[0]?.late).toEqual([expect.not.objectContaining({ error: expect.anything() })]);
  });

  it('that never end count as failed and keep nobody from being called', async () => {
    let letGo: () => void = () => undefined;
    const never = new Promise<void>((resolve) => (letGo = resolve));
    timers.inCall = () => never;
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']) await place.set(key, MINUTE);
    await place.settled();
    await place.clock.advance(MINUTE);
    expect(timers.calls).toHaveLength(8);
    await place.clock.advance(MINUTE);
    expect(timers.calls.slice(0, 9).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']);
    expect(place.runner.status()[0]?.late[0]?.error).toBe('Error: no answer within 60 s');
    letGo();
  });

  it('that were missed while the shop was closed are all called after the start, a few at a time', async () => {
    const keys = Array.from({ length: 250 }, (_, i) => `k${i}`);
    await Promise.all(keys.map((key) => place.set(key, MINUTE)));
    await place.set('cleared', MINUTE);
    await place.clear('cleared');
    await place.stop();
    await place.clock.advance(HOUR);

    timers.inCall = async (key) => await place.clear(key);
    await place.start();
    await until(() => timers.calls.length === 250 && place.nothingOverdue());
    expect(new Set(timers.calls)).toEqual(new Set(keys));
    expect(timers.mostAtOnce).toBe(8);
  });

  it('are called within a minute after the clock was set forward', async () => {
    await place.set('egg', 2 * HOUR);
    await place.settled();
    place.clock.jumpTo(place.clock.now() + 3 * HOUR);
    await place.clock.advance(MINUTE);
    expect(timers.calls).toEqual(['egg']);
  });

  it('are called when the clock shows their time after it was set back', async () => {
    await place.set('egg', 30 * MINUTE);
    await place.settled();
    place.clock.jumpTo(place.clock.now() - HOUR);
    await place.clock.advance(89 * MINUTE);
    expect(timers.calls).toEqual([]);
    await place.clock.advance(MINUTE);
    expect(timers.calls).toEqual(['egg']);
  });

  it('are called again soon, not an hour later, when the clock is set back between two calls', async () => {
    await place.set('egg', -HOUR - MINUTE);
    await place.settled();
    await place.clock.advance(10_000);
    const before = timers.calls.length;
    place.clock.jumpTo(place.clock.now() - HOUR);
    await place.clock.advance(2 * MINUTE);
    expect(timers.calls.length).toBeGreaterThan(before);
  });

  it('that are set when their time is over already are called at once', async () => {
    await place.set('old', -MINUTE);
    await place.settled();
    expect(timers.calls).toEqual(['old']);
    await place.set('older', -HOUR);
    await place.settled();
    expect(timers.calls).toEqual(['old', 'older']);
  });

  it('are listed for operators, the earliest first, with what became of the calls', async () => {
    timers.inCall = () => Promise.reject(new Error('not now'));
    await place.set('later', HOUR);
    await place.set('overdue', -MINUTE);
    await place.settled();
    expect(await place.runner.list('timer.alarms')).toEqual([
      expect.objectContaining({ kind: 'timer.alarms', key: 'timer-overdue', data: { note: 'tea is ready' }, late: expect.objectContaining({ attempts: 1, error: 'Error: not now' }) }),
      { kind: 'timer.alarms', key: 'timer-later', at: place.clock.now() + HOUR, data: { note: 'tea is ready' } },
    ]);
    expect(await place.runner.list('other.kind')).toEqual([]);
  });

  it('are found anew when another generation of them goes live', async () => {
    await place.set('egg', MINUTE);
    await place.settled();
    await place.place.runner.rebuild('deadlines.timer.alarms');
    await place.place.runner.switchOver('deadlines.timer.alarms');
    await place.clock.advance(MINUTE);
    expect(timers.calls).toEqual(['egg']);
  });

  const deed = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('set' as const), key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), inMs: fc.integer({ min: -2 * HOUR, max: 2 * HOUR }) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('clear' as const), key: fc.constantFrom('a', 'b', 'c', 'd', 'e') }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: HOUR }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('set the clock' as const), byMs: fc.integer({ min: -HOUR, max: HOUR }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  );

  it('are called as long as they are there, never early, and never again once they are cleared', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 1, maxLength: 15 }), fc.boolean(), async (deeds, firstCallFails) => {
        const shop = new TimersUnderTest();
        const called = new Map<string, number>();
        const early: string[] = [];
        shop.timers.inCall = async (key, at) => {
          if (shop.clock.now() < at) early.push(key);
          called.set(key, (called.get(key) ?? 0) + 1);
          if (firstCallFails && called.get(key) === 1) throw new Error('not yet');
          await shop.clear(key);
        };
        const quiet = async () => {
          await shop.settled();
          await until(() => shop.isQuiet());
        };
        try {
          await shop.start();
          for (const step of deeds) {
            if (step.kind === 'set') await shop.set(step.key, step.inMs);
            else if (step.kind === 'clear') await shop.clear(step.key);
            else if (step.kind === 'wait') await shop.clock.advance(step.ms);
            else if (step.kind === 'set the clock') shop.clock.jumpTo(shop.clock.now() + step.byMs);
            else {
              await shop.stop();
              await shop.start();
            }
            await quiet();
          }
          for (let hour = 0; hour < 5; hour++) {
            await shop.clock.advance(HOUR);
            await quiet();
          }
          expect(await shop.runner.list()).toEqual([]);
          expect(shop.runner.status()).toEqual([{ kind: 'timer.alarms', overdue: 0, late: [] }]);
          expect(shop.clock.pending).toBe(0);
          expect(early).toEqual([]);
        } finally {
          await shop.remove();
        }
      }),
      { numRuns: 30 },
    );
  });
});
