import { silentLogger } from '@tillroll/event-bus';
import { systemClock } from '@tillroll/kernel';
import type { FollowedPositions } from '@tillroll/read-models';
import { until } from '@tillroll/testing';
import { ServiceReadGate } from './service-read-gate';
import { ToldPositions } from './told-positions';

/** What all processes see. */
class Board implements FollowedPositions {
  readonly told: number[] = [];
  asked = 0;
  said = 0;

  async tell(_service: string, position: number): Promise<void> {
    this.told.push(position);
  }
  async of(): Promise<number | undefined> {
    this.asked++;
    return this.told.length === 0 ? undefined : Math.max(...this.told);
  }
  async attend(): Promise<void> {
    this.said++;
  }
  async attendance(): Promise<number> {
    return this.said;
  }
}

describe('readers of documents that another process writes', () => {
  const gateOver = (positions: FollowedPositions) => new ServiceReadGate({ head: () => 7, clock: systemClock, elsewhere: { positions, service: 'order' } });

  it('wait until they are told that the documents are there', async () => {
    const board = new Board();
    const waiting = gateOver(board).caughtUp(5, 10_000);
    await until(() => board.asked > 2);
    await board.tell('order', 4);
    const seen = board.asked;
    await until(() => board.asked > seen + 1);
    await board.tell('order', 5);
    expect(await waiting).toBe(true);
  });

  it('are answered at once when they have seen it before, without asking', async () => {
    const board = new Board();
    await board.tell('order', 9);
    const gate = gateOver(board);
    expect(await gate.caughtUp(5, 1_000)).toBe(true);
    const { asked } = board;
    expect(gate.caughtUp(9, 0)).toBe(true);
    expect(board.asked).toBe(asked);
  });

  it('give up when their time is over, also when nobody has told anything', async () => expect(await gateOver(new Board()).caughtUp(0, 20)).toBe(false));

  it('share one question', async () => {
    const board = new Board();
    const gate = gateOver(board);
    const waiting = Array.from({ length: 100 }, () => gate.caughtUp(5, 5_000));
    await until(() => board.asked >= 3);
    await board.tell('order', 5);
    for (const one of waiting) expect(await one).toBe(true);
    expect(board.asked).toBeLessThan(100);
  });

  it('cost nothing while nobody waits', async () => {
    const board = new Board();
    expect(gateOver(board).head()).toBe(7);
    expect(board.asked).toBe(0);
  });
});

describe('the process that writes the documents', () => {
  it('tells the newest position, and not each', async () => {
    const board = new Board();
    const told = new ToldPositions({ positions: board, service: 'order', logger: silentLogger });
    for (let position = 1; position <= 500; position++) told.reached(position);
    await until(() => board.told.includes(500));
    told.stop();
    expect(board.told).toEqual([500]);
  });
});
