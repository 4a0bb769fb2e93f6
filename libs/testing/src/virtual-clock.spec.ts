import { sleep } from '@tillroll/kernel';
import { VirtualClock } from './virtual-clock';

describe('the virtual clock', () => {
  it('wakes in the order of time, each at its own time', async () => {
    const clock = new VirtualClock(0);
    const woken: [string, number][] = [];
    clock.wakeAt(20, () => woken.push(['late', clock.now()]));
    clock.wakeAt(10, () => woken.push(['early', clock.now()]));
    clock.wakeAt(31, () => woken.push(['never', clock.now()]));
    await clock.advance(30);
    expect(woken).toEqual([['early', 10], ['late', 20]]);
    expect([clock.now(), clock.pending, clock.next]).toEqual([30, 1, 31]);
  });

  it('wakes what a wake-up has set within the same time', async () => {
    const clock = new VirtualClock(0);
    let done = false;
    void sleep(clock, 10).then(() => sleep(clock, 10)).then(() => (done = true));
    await clock.advance(20);
    expect(done).toBe(true);
  });

  it('does not wake what was cancelled, nor for a jump', async () => {
    const clock = new VirtualClock(0);
    let woken = 0;
    clock.wakeAt(10, () => woken++)();
    clock.wakeAt(10, () => woken++);
    clock.jumpTo(5_000);
    expect(woken).toBe(0);
    clock.jumpTo(0);
    await clock.advance(10);
    expect(woken).toBe(1);
  });

  it('leaves a timer its time when the clock is set', async () => {
    const clock = new VirtualClock(10_000);
    let woken = false;
    clock.wakeAt(10_050, () => (woken = true));
    clock.jumpTo(0);
    await clock.advance(50);
    expect([woken, clock.now()]).toEqual([true, 50]);
  });
});
