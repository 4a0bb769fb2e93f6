import { setImmediate as nextTurn } from 'node:timers/promises';
import { Lanes } from './lanes';

function tracked(width: number, length: number) {
  const begun: string[] = [];
  const finish = new Map<string, () => void>();
  const work = (task: string) => {
    begun.push(task);
    return new Promise<void>((resolve) => finish.set(task, resolve));
  };
  const end = async (task: string) => {
    finish.get(task)?.();
    await nextTurn();
  };
  return { lanes: new Lanes({ work, width, length }), begun, end };
}

describe('lanes', () => {
  it('run so many of one lane at a time, in order, and other lanes beside it', async () => {
    const { lanes, begun, end } = tracked(2, 10);
    for (const task of ['a1', 'a2', 'a3', 'a4']) lanes.submit('a', task);
    lanes.submit('b', 'b1');
    expect(begun).toEqual(['a1', 'a2', 'b1']);
    await end('a2');
    expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
  });

  it('take a task once while it waits or runs, and again afterwards', async () => {
    const { lanes, begun, end } = tracked(1, 10);
    for (const task of ['a1', 'a1', 'a2', 'a2']) expect(lanes.submit('a', task)).toBe(true);
    await end('a1');
    await end('a2');
    lanes.submit('a', 'a1');
    expect(begun).toEqual(['a1', 'a2', 'a1']);
  });

  it('refuse what would wait beyond their length', () => {
    const { lanes } = tracked(1, 1);
    expect([lanes.submit('a', 'a1'), lanes.submit('a', 'a2'), lanes.submit('a', 'a3')]).toEqual([true, true, false]);
  });

  it('close when what runs has ended, and begin nothing more', async () => {
    const { lanes, begun, end } = tracked(1, 10);
    lanes.submit('a', 'a1');
    lanes.submit('a', 'a2');
    const closed = lanes.close();
    await end('a1');
    await closed;
    expect(begun).toEqual(['a1']);
    await lanes.close();
  });
});
