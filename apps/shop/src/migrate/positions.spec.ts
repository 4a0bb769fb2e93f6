import { CountsAtPositions, PositionsAtCounts } from './positions';
import { progressLines } from './progress';

it('finds the place in one log that has as much before it as a place in another', () => {
  const counts = new CountsAtPositions([0, 3, 4, 9, 100]);
  for (const position of [1, 2, 4, 8, 9, 12]) counts.add(position);
  expect([0, 3, 4, 9, 100].map((position) => counts.upTo(position))).toEqual([0, 2, 3, 5, 6]);
  const places = new PositionsAtCounts([0, 2, 3, 5, 6]);
  for (const position of [110, 120, 140, 180, 190, 210]) places.add(position);
  expect([0, 2, 3, 5, 6].map((count) => places.behind(count))).toEqual([0, 120, 140, 190, 210]);
});

it('tells how far the work is, how fast, and how long it will take', () => {
  const lines: string[] = [];
  let now = 0;
  const part = progressLines((line) => lines.push(line), () => now).begin('copying', 8_000);
  now = 1_000;
  part.at(100, 1);
  now = 4_000;
  part.at(2_000, 30);
  now = 16_000;
  part.at(8_000, 90);
  part.end();
  expect(lines[0]).toBe('copying: 2,000 of 8,000 events (25 %), 30 streams, 500 events/s, 12 s left');
  expect(lines.at(-1)).toBe('copying: 8,000 events, 90 streams, 500 events/s (16 s)');
});
