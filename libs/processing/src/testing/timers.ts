import type { Publications } from '@tillroll/event-bus';
import { uuid5 } from '@tillroll/kernel';
import type { Deadlines } from '../deadlines';
import { DeadlinesRunner } from '../deadlines-runner/deadlines-runner';
import { ProjectionsUnderTest } from './projections-under-test';

const SET = 'tillroll.timer.set.v1';
const CLEARED = 'tillroll.timer.cleared.v1';

const timerPublications: Publications = {
  context: 'timer',
  prefixes: ['timer-'],
  events: {
    Set: { type: SET, visibility: 'internal', data: (stored) => stored },
    Cleared: { type: CLEARED, visibility: 'internal', data: (stored) => stored },
  },
};

/** Deadlines of `timer-<key>` streams: the calls that came, and what is to happen in them. */
export class Timers implements Deadlines {
  readonly kind = 'timer.alarms';
  readonly calls: string[] = [];
  mostAtOnce = 0;
  inCall: (key: string, at: number) => Promise<void> | void = () => undefined;
  inHand = 0;

  readonly on: Deadlines['on'] = {
    [SET]: ({ subject, data }) => [{ key: subject, at: Number(data['at']), data: { note: data['note'] } }],
    [CLEARED]: ({ subject }) => [{ key: subject }],
  };

  async due({ key, at }: { readonly key: string; readonly at: number }): Promise<void> {
    const name = key.slice('timer-'.length);
    this.calls.push(name);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.inHand);
    try {
      await this.inCall(name, at);
    } finally {
      this.inHand--;
    }
  }
}

/** The deadlines of one test over the embedded engine and a virtual clock, through all restarts. */
export class TimersUnderTest {
  readonly place = new ProjectionsUnderTest([timerPublications]);
  readonly timers = new Timers();
  private readonly lengths = new Map<string, number>();
  private started: DeadlinesRunner | undefined;

  get clock() {
    return this.place.clock;
  }

  get runner(): DeadlinesRunner {
    if (this.started === undefined) throw new Error('not started');
    return this.started;
  }

  async start(): Promise<void> {
    this.place.open([]);
    this.started = new DeadlinesRunner({ projections: this.place.runner, readModels: this.place.models, clock: this.clock });
    this.started.register([this.timers]);
    await this.place.runner.start();
    await this.started.start();
    await this.settled();
  }

  async stop(): Promise<void> {
    await this.started?.stop();
    await this.place.stop();
  }

  async remove(): Promise<void> {
    await this.stop();
    await this.place.remove();
  }

  set(key: string, inMs: number): Promise<void> {
    return this.append(key, 'Set', { at: this.clock.now() + inMs, note: 'tea is ready' });
  }

  clear(key: string): Promise<void> {
    return this.append(key, 'Cleared', {});
  }

  /** What was set and cleared has been taken in, and what is due was called. */
  async settled(): Promise<void> {
    await this.place.caughtUp();
    await this.clock.advance(0);
  }

  /** No call is in hand, and those that ended well are cleared. */
  isQuiet(): boolean {
    return this.timers.inHand === 0 && this.runner.status().every(({ late }) => late.every(({ error }) => error !== undefined));
  }

  nothingOverdue(): boolean {
    return this.runner.status().every(({ overdue }) => overdue === 0);
  }

  private async append(key: string, type: string, data: Readonly<Record<string, unknown>>): Promise<void> {
    const revision = this.lengths.get(key) ?? 0;
    this.lengths.set(key, revision + 1);
    const id = uuid5('timer', key, revision);
    const metadata = { time: '2030-01-01T12:00:00.000Z', commandId: id, correlationId: id, causationId: id, actor: 'system:test' };
    await this.place.events.append(`timer-${key}`, revision === 0 ? 'no_stream' : revision - 1, [{ id, type, data, metadata }]);
  }
}
