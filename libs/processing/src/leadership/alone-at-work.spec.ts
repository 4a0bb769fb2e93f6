import { until, VirtualClock } from '@tillroll/testing';
import { leadershipContract } from '../testing/leadership-contract';
import { RecordedRuns } from '../testing/led-work';
import { aloneAtWork } from './alone-at-work';

leadershipContract('alone at work', async () => {
  const clock = new VirtualClock();
  return {
    open: () => aloneAtWork({ clock }),
    until: (condition) =>
      until(async () => {
        if (!condition()) await clock.advance(100);
        return condition();
      }),
    close: async () => undefined,
  };
});

describe('alone at work', () => {
  it('goes on in the same epoch after a restart: what was written in it is not older', async () => {
    const runs = new RecordedRuns();
    for (let restart = 0; restart < 2; restart++) {
      const leadership = aloneAtWork({ clock: new VirtualClock() });
      leadership.lead('relay.order', runs.work);
      await until(() => runs.running === 1);
      await leadership.stop();
    }
    expect(runs.epochs).toEqual([1, 1]);
  });

  it('begins at once', () => {
    const leadership = aloneAtWork({ clock: new VirtualClock() });
    const runs = new RecordedRuns();
    leadership.lead('relay.order', runs.work);
    expect(runs.running).toBe(1);
    return leadership.stop();
  });

  it('says what failed', async () => {
    const errors: object[] = [];
    const logger = { warn: () => undefined, error: (details: object) => void errors.push(details) };
    const leadership = aloneAtWork({ clock: new VirtualClock(), logger });
    leadership.lead('relay.order', async () => Promise.reject(new Error('out of paper')));
    await until(() => errors.length === 1);
    expect(errors).toEqual([{ led: 'relay.order', epoch: 1, error: 'Error: out of paper' }]);
    await leadership.stop();
  });
});
