import type { Lead, Leadership } from '../leadership/leadership';
import { RecordedRuns } from './led-work';

/** What processes share that may lead the same, and time. */
export interface LeadershipPlace {
  /** What one process has. */
  open(): Leadership;
  /** Waits until it is so, and lets time pass meanwhile. */
  until(condition: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** What every adapter of {@link Leadership} promises to one process. */
export function leadershipContract(name: string, openPlace: () => Promise<LeadershipPlace>): void {
  describe(`leadership: ${name}`, () => {
    let place: LeadershipPlace;
    let leadership: Leadership;
    beforeEach(async () => {
      place = await openPlace();
      leadership = place.open();
    });
    afterEach(async () => {
      await leadership.stop();
      await place.close();
    });

    it('does the work once, and goes on until it is stopped', async () => {
      const runs = new RecordedRuns();
      const led = leadership.lead('relay.order', runs.work);
      await place.until(() => runs.running === 1);
      expect(led).toMatchObject({ name: 'relay.order', epoch: runs.epochs[0] });
      await Promise.all([led.stop(), led.stop()]);
      expect(runs).toMatchObject({ running: 0, most: 1, epochs: [expect.any(Number)] });
      expect(led.epoch).toBeUndefined();
    });

    it('waits for the work to end when it is stopped', async () => {
      const gate = Promise.withResolvers<void>();
      let begun = false;
      const led = leadership.lead('relay.order', async () => {
        begun = true;
        await gate.promise;
      });
      await place.until(() => begun);
      let stopped = false;
      const stopping = led.stop().then(() => (stopped = true));
      await new Promise(setImmediate);
      expect(stopped).toBe(false);
      gate.resolve();
      await stopping;
    });

    it('does again what failed or ended, never in an older epoch', async () => {
      const epochs: number[] = [];
      const work: Lead = async (signal, epoch) => {
        epochs.push(epoch);
        if (epochs.length === 1) throw new Error('the first run fails');
        if (epochs.length > 2) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      };
      leadership.lead('relay.order', work);
      await place.until(() => epochs.length === 3);
      expect(epochs.toSorted((a, b) => a - b)).toEqual(epochs);
    });

    it('leads several names beside one another, and none of them twice', async () => {
      const [first, second] = [new RecordedRuns(), new RecordedRuns()];
      const led = leadership.lead('relay.order', first.work);
      leadership.lead('relay.cart', second.work);
      expect(() => leadership.lead('relay.order', first.work)).toThrow('relay.order');
      await place.until(() => first.running + second.running === 2);
      await led.stop();
      expect([first.running, second.running]).toEqual([0, 1]);
      leadership.lead('relay.order', first.work);
      await place.until(() => first.running === 1);
      await leadership.stop();
      expect([first.running, second.running]).toEqual([0, 0]);
    });

    it('is stopped before it has begun', async () => {
      const runs = new RecordedRuns();
      await leadership.lead('relay.order', runs.work).stop();
      expect(runs.running).toBe(0);
    });
  });
}

/** What an adapter promises beyond that when several processes may lead the same. */
export function sharedLeadershipContract(name: string, openPlace: () => Promise<LeadershipPlace>): void {
  describe(`leadership among several processes: ${name}`, () => {
    let place: LeadershipPlace;
    let processes: readonly Leadership[];
    beforeEach(async () => {
      place = await openPlace();
      processes = [place.open(), place.open(), place.open()];
    });
    afterEach(async () => {
      await Promise.all(processes.map((each) => each.stop()));
      await place.close();
    });

    it('is with one of them at a time, and goes to another when it is given back', async () => {
      const runs = new RecordedRuns();
      const led = processes.map((each) => each.lead('relay.order', runs.work));
      for (let left = processes.length; left > 0; left--) {
        await place.until(() => runs.running === 1);
        const leader = led.find(({ epoch }) => epoch !== undefined);
        expect(leader?.epoch).toBe(runs.epochs.at(-1));
        await leader?.stop();
        expect(runs.running).toBe(0);
      }
      expect(runs.most).toBe(1);
      expect(runs.epochs).toHaveLength(3);
      expect([...new Set(runs.epochs)].toSorted((a, b) => a - b)).toEqual(runs.epochs);
    });

    it('is for each name apart', async () => {
      const [order, cart] = [new RecordedRuns(), new RecordedRuns()];
      processes[0]?.lead('relay.order', order.work);
      processes[1]?.lead('relay.cart', cart.work);
      await place.until(() => order.running + cart.running === 2);
    });
  });
}
