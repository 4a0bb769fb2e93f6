import { load, startBare, startShop } from '../servers.mjs';

const middle = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** The workload on the shop and, in turns with it, on bare Nest. */
async function inTurns(workload, { users, seconds, rounds, withBare }) {
  const shop = await startShop();
  const bare = withBare ? await startBare() : undefined;
  const ours = [];
  const theirs = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await load(workload, shop, { users, seconds }));
    if (bare !== undefined) theirs.push(await load(workload, bare, { users, seconds, bare: true }));
  }
  await shop.stop();
  await bare?.stop();
  const of = (list, figure) => middle(list.map((figures) => figures[figure]));
  return {
    value: of(ours, 'rate'),
    unit: '/s',
    p99: of(ours, 'p99'),
    cpuMs: of(ours, 'cpuMs'),
    ...(bare === undefined ? {} : { reference: of(theirs, 'rate'), ratio: of(ours, 'rate') / of(theirs, 'rate'), referenceCpuMs: of(theirs, 'cpuMs') }),
  };
}

const row = (name, what, target, workload, users, withBare) => ({
  name,
  what,
  target,
  run: ({ seconds, rounds }) => inTurns(workload, { users, seconds, rounds, withBare }),
});

export const http = [
  row('add', 'add to cart over HTTP, 50 users, durable', '>= 3,000/s, p99 <= 50 ms, >= 60 % of bare', 'add', 50, true),
  row('purchase', 'whole purchase to paid over HTTP, 20 users', '>= 400/s, p99 <= 150 ms', 'purchase', 20, false),
  row('read', 'read cart over HTTP, 50 users', '>= 6,000/s, >= 70 % of bare', 'read', 50, true),
  row('hot', 'one hot product, 50 customers at once, add and order', '>= 2,000 holds/s', 'hold', 50, false),
];
