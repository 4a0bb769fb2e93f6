import type { LedWork } from './leadership';

/** What one process leads or tries to lead, each name once. */
export class LedNames {
  private readonly works = new Map<string, LedWork>();

  add(name: string, begin: () => Omit<LedWork, 'name'>): LedWork {
    if (this.works.has(name)) throw new Error(`${name} is led by this process already`);
    const begun = begin();
    let stopped: Promise<void> | undefined;
    const work: LedWork = {
      name,
      get epoch() {
        return begun.epoch;
      },
      stop: () => (stopped ??= begun.stop().finally(() => this.works.delete(name))),
    };
    this.works.set(name, work);
    return work;
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.works.values()].map((work) => work.stop()));
  }
}
