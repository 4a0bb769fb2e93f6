import type { WriteOptions } from '@tillroll/event-store';
import type { BusEngine } from '../embedded/bus-tables';

/** The process dies at one of the bus's writes: just before it, or after it is on disk and before anybody learns. */
export interface Death {
  readonly write: number;
  readonly when: 'before' | 'after';
}

/** Counts the writes and lets the process die at one of them: that write and all later ones never return. */
export class DyingEngine {
  writes = 0;
  private die: () => void = () => undefined;
  readonly died = new Promise<'died'>((resolve) => {
    this.die = () => resolve('died');
  });

  constructor(private readonly death: Death) {}

  over(engine: BusEngine): BusEngine {
    return {
      define: (sql) => engine.define(sql),
      prepare: (sql) => engine.prepare(sql),
      write: <T>(work: () => T, options?: WriteOptions): Promise<T> => {
        const { write, when } = this.death;
        if (++this.writes < write) return engine.write(work, options);
        if (this.writes > write || when === 'before') this.die();
        else void engine.write(work, options).then(this.die);
        return new Promise<T>(() => undefined);
      },
    };
  }
}
