import { uuid5 } from '@tillroll/kernel';
import { until } from '@tillroll/testing';
import type { Deadlines } from '../deadlines';
import { ProjectionsUnderTest } from '../testing/projections-under-test';
import { DeadlinesRunner } from './deadlines-runner';

const SET = 'tillroll.timer.set.v1';
const CLEARED = 'tillroll.timer.cleared.v1';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const timerPublications = {
  context: 'timer',
  prefixes: ['timer-'],
  events: {
    Set: { type: SET, visibility: 'internal', data: (stored: Readonly<Record<string, unknown>>) => stored },
    Cleared: { type: CLEARED, visibility: 'internal', data: (stored: Readonly<Record<string, unknown>>) => stored },
  },
} as const;

/** Calls that came, and what is to happen in them. */
class Timers implements Deadlines {
  readonly kind: string = 'timer.alarms';
  readonly calls: string[] = [];
  atOnce = 0;
  mostAtOnce = 0;
  inCall: (key: string) => Promise<void> | void = () => undefined;

  readonly on: Deadlines['on'] = {
    [SET]: ({ subject, data }) => [{ key: subject, at: Number(data['at']), data: { note: data['note'] } }],
    [CLEARED]: ({ subject }) => [{ key: subject }],
  };

  async due({ key }: { readonly key: string }): Promise<void> {
    this.calls.push(key);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    try {
      await this.inCall(key);
    } finally {
      this.atOnce--;
    }
  }
}

describe('deadlines', () => {
  let place: ProjectionsUnderTest;
  let timers: Timers;
  let runner: DeadlinesRunner;
  const lengths = new Map<string, number>();

  const start = async () => {
    place.open([]);
    runner = new DeadlinesRunner({ projections: place.runner, readModels: place.models, clock: place.clock });
    runner.register([timers]);
    await place.runner.start();
    await runner.start();
    await settled();
  };
  const stop = async () => {
    await runner.stop();
    await place.stop();
  };
  const append = async (key: string, type: string, data: Readonly<Record<string, unknown>>) => {
    const revision = lengths.get(key) ?? 0;
    lengths.set(key, revision + 1);
    const id = uuid5('timer', key, revision);
    const metadata = { time: '2030-01-01T12:00:00.000Z', commandId: id, correlationId: id, causationId: id, actor: 'system:test' };
    await place.events.append(`timer-${key}`, revision === 0 ? 'no_stream' : revision - 1, [{ id, type, data, metadata }]);
  };
  const set = (key: string, inMs: number) => append(key, 'Set', { at: place.clock.now() + inMs, note: 'tea is ready' });
  const clear = (key: string) => append(key, 'Cleared', {});
  const settled = async () => {
    await place.caughtUp();
    await place.clock.advance(0);
  };

  const nothingOverdue = () => runner.status().every(({ overdue }) => overdue === 0);

  beforeEach(async () => {
    place = new ProjectionsUnderTest([timerPublications]);
    timers = new Timers();
    lengths.clear();
    await start();
  });
  afterEach(async () => {
    await stop();
    await place.remove();
  });

  it('are called when they are due, and not before', async () => {
    await set('egg', 4 * MINUTE);
    await settled();
    await place.clock.advance(4 * MINUTE - 1);
    expect(timers.calls).toEqual([]);
    await place.clock.advance(1);
    expect(timers.calls).toEqual(['timer-egg']);
  });

  it('are called in the order of their times', async () => {
    await set('late', 3 * MINUTE);
    await set('early', 1 * MINUTE);
    await set('between', 2 * MINUTE);
    await settled();
    timers.inCall = (key) => clear(key.slice('timer-'.length));
    for (let minute = 1; minute <= 5; minute++) {
      await place.clock.advance(MINUTE);
      await until(nothingOverdue);
    }
    expect(timers.calls).toEqual(['timer-early', 'timer-between', 'timer-late']);
  });

  it('are not called when an event has cleared or moved them', async () => {
    await set('cleared', MINUTE);
    await set('moved', MINUTE);
    await settled();
    await clear('cleared');
    await set('moved', HOUR);
    await settled();
    await place.clock.advance(30 * MINUTE);
    expect(timers.calls).toEqual([]);
    await place.clock.advance(30 * MINUTE);
    expect(timers.calls).toEqual(['timer-moved']);
  });

  it('set no timer when there are none', async () => {
    expect(place.clock.pending).toBe(0);
    await set('egg', MINUTE);
    await settled();
    expect(place.clock.pending).toBe(1);
    timers.inCall = () => clear('egg');
    await place.clock.advance(MINUTE);
    await until(() => place.clock.pending === 0);
    expect(timers.calls).toEqual(['timer-egg']);
  });

  it('are called again when the call throws: after 1 s, doubling up to a minute, and show meanwhile', async () => {
    timers.inCall = () => Promise.reject(new Error('the kitchen is on fire'));
    await set('egg', MINUTE);
    await settled();
    const began = place.clock.now() + MINUTE;
    const times: number[] = [];
    timers.inCall = () => {
      times.push((place.clock.now() - began) / 1000);
      return Promise.reject(new Error('the kitchen is on fire'));
    };
    await place.clock.advance(6 * MINUTE);
    expect(times).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
    expect(runner.status()).toEqual([
      { kind: 'timer.alarms', overdue: 1, late: [expect.objectContaining({ key: 'timer-egg', attempts: 10, error: 'Error: the kitchen is on fire' })] },
    ]);
    timers.inCall = () => clear('egg');
    await place.clock.advance(MINUTE);
    await until(nothingOverdue);
  });

  it('are called again in the same way when no event clears them', async () => {
    await set('egg', MINUTE);
    await settled();
    await place.clock.advance(MINUTE + 8_000);
    expect(timers.calls).toHaveLength(4);
    expect(runner.status()[0]?.late).toEqual([expect.not.objectContaining({ error: expect.anything() })]);
  });

  it('that never end count as failed and keep nobody from being called', async () => {
    let letGo: () => void = () => undefined;
    const never = new Promise<void>((resolve) => (letGo = resolve));
    timers.inCall = () => never;
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']) await set(key, MINUTE);
    await settled();
    await place.clock.advance(MINUTE);
    expect(timers.calls).toHaveLength(8);
    await place.clock.advance(MINUTE);
    expect(timers.calls.slice(0, 9).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((key) => `timer-${key}`));
    expect(runner.status()[0]?.late[0]?.error).toBe('Error: no answer within 60 s');
    letGo();
  });

  it('that were missed while the shop was closed are all called after the start, a few at a time', async () => {
    const keys = Array.from({ length: 250 }, (_, i) => `k${i}`);
    await Promise.all(keys.map((key) => set(key, MINUTE)));
    await set('cleared', MINUTE);
    await clear('cleared');
    await stop();
    await place.clock.advance(HOUR);

    timers.inCall = async (key) => await clear(key.slice('timer-'.length));
    await start();
    await until(() => timers.calls.length === 250 && nothingOverdue());
    expect(new Set(timers.calls)).toEqual(new Set(keys.map((key) => `timer-${key}`)));
    expect(timers.mostAtOnce).toBe(8);
  });

  it('are called within a minute after the clock was set forward', async () => {
    await set('egg', 2 * HOUR);
    await settled();
    place.clock.jumpTo(place.clock.now() + 3 * HOUR);
    await place.clock.advance(MINUTE);
    expect(timers.calls).toEqual(['timer-egg']);
  });

  it('are called when the clock shows their time after it was set back', async () => {
    await set('egg', 30 * MINUTE);
    await settled();
    place.clock.jumpTo(place.clock.now() - HOUR);
    await place.clock.advance(89 * MINUTE);
    expect(timers.calls).toEqual([]);
    await place.clock.advance(MINUTE);
    expect(timers.calls).toEqual(['timer-egg']);
  });

  it('are called again soon, not an hour later, when the clock is set back between two calls', async () => {
    await set('egg', -HOUR - MINUTE);
    await settled();
    await place.clock.advance(10_000);
    const before = timers.calls.length;
    place.clock.jumpTo(place.clock.now() - HOUR);
    await place.clock.advance(2 * MINUTE);
    expect(timers.calls.length).toBeGreaterThan(before);
  });

  it('that are set when their time is over already are called at once', async () => {
    await set('old', -MINUTE);
    await settled();
    expect(timers.calls).toEqual(['timer-old']);
    await set('older', -HOUR);
    await settled();
    expect(timers.calls).toEqual(['timer-old', 'timer-older']);
  });

  it('are listed for operators, the earliest first, with what became of the calls', async () => {
    timers.inCall = () => Promise.reject(new Error('not now'));
    await set('later', HOUR);
    await set('overdue', -MINUTE);
    await settled();
    expect(await runner.list('timer.alarms')).toEqual([
      expect.objectContaining({ kind: 'timer.alarms', key: 'timer-overdue', data: { note: 'tea is ready' }, late: expect.objectContaining({ attempts: 1, error: 'Error: not now' }) }),
      { kind: 'timer.alarms', key: 'timer-later', at: place.clock.now() + HOUR, data: { note: 'tea is ready' } },
    ]);
    expect(await runner.list('other.kind')).toEqual([]);
  });

  it('are found anew when another generation of them goes live', async () => {
    await set('egg', MINUTE);
    await settled();
    await place.runner.rebuild('deadlines.timer.alarms');
    await place.runner.switchOver('deadlines.timer.alarms');
    await place.clock.advance(MINUTE);
    expect(timers.calls).toEqual(['timer-egg']);
  });
});
