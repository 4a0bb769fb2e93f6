import type { Lease, LeaseBook } from '../leases/lease-book';

/** What several processes write down, each through a line of its own that may be slow or broken. */
export class MemoryLeases {
  private readonly leases = new Map<string, Lease>();

  constructor(private readonly throughLine: <T>(work: () => T) => Promise<T> = async (work) => work()) {}

  book(line: <T>(work: () => T) => Promise<T> = this.throughLine): LeaseBook {
    return {
      newest: (name) => line(() => this.leases.get(name)),
      take: (lease) =>
        line(() => {
          if ((this.leases.get(lease.name)?.epoch ?? 0) >= lease.epoch) return false;
          this.leases.set(lease.name, lease);
          return true;
        }),
      renew: (lease) =>
        line(() => {
          const newest = this.leases.get(lease.name);
          if (newest === undefined || newest.epoch !== lease.epoch) return false;
          this.leases.set(lease.name, { ...newest, beat: lease.beat });
          return true;
        }),
      giveBack: (lease) =>
        line(() => {
          const newest = this.leases.get(lease.name);
          if (newest?.epoch === lease.epoch) this.leases.set(lease.name, { ...newest, isFree: true });
        }),
    };
  }
}
