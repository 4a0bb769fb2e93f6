import { turns } from './turns';

describe('turns', () => {
  it('runs so many at once, in the order of their coming, and goes on after a failure', async () => {
    const inTurn = turns(2);
    const started: number[] = [];
    const finish: ((failed: boolean) => void)[] = [];
    const results = [0, 1, 2, 3].map((number) =>
      inTurn(() => {
        started.push(number);
        return new Promise<number>((resolve, reject) => finish.push((failed) => (failed ? reject(new Error('failed')) : resolve(number))));
      }).catch(() => -1),
    );
    expect(started).toEqual([0, 1]);
    finish[0]?.(true);
    await results[0];
    expect(started).toEqual([0, 1, 2]);
    finish[1]?.(false);
    finish[2]?.(false);
    await Promise.all(results.slice(0, 3));
    finish[3]?.(false);
    expect(await Promise.all(results)).toEqual([-1, 1, 2, 3]);
  });
});
