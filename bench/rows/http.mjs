import { load, startBare, startServices, startShop } from '../servers.mjs';

const middle = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** The workload on the shop and, in turns with it, on bare Nest. */
async function inTurns(workload, { users, seconds, rounds, perSecond, withBare, topology }) {
  const shop = topology === 'distributed' ? await startServices() : await startShop();
  const bare = withBare ? await startBare() : undefined;
  const ours = [];
  const theirs = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await load(workload, shop, { users, seconds, perSecond }));
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

const row = (name, what, target, workload, options) => ({ name, what, target, run: (given) => inTurns(workload, { ...given, ...options }) });

const WHAT = {
  add: 'add to cart over HTTP, 50 users, durable',
  purchase: 'whole purchase to paid over HTTP, 20 users',
  read: 'read cart over HTTP, 50 users',
  hot: 'one hot product, 50 customers at once, add and order',
};

export const http = [
  row('add', WHAT.add, '>= 3,000/s, p99 <= 50 ms, >= 60 % of bare', 'add', { users: 50, withBare: true }),
  row('purchase', WHAT.purchase, '>= 400/s, p99 <= 150 ms', 'purchase', { users: 20 }),
  row('read', WHAT.read, '>= 6,000/s, >= 70 % of bare', 'read', { users: 50, withBare: true }),
  row('hot', WHAT.hot, '>= 2,000 holds/s', 'hold', { users: 50 }),
];

const topology = 'distributed';

/** The same shop as separate processes, on the engines. */
export const distributedHttp = [
  row('add', WHAT.add, 'told, not aimed at', 'add', { users: 50, topology }),
  row('purchase', WHAT.purchase, 'told, not aimed at', 'purchase', { users: 20, topology }),
  row('steady', 'whole purchases, 50 begun a second', 'p99 <= 300 ms', 'purchase', { users: 50, perSecond: 50, topology }),
  row('read', WHAT.read, 'told, not aimed at', 'read', { users: 50, topology }),
  row('hot', WHAT.hot, '>= 1,000 holds/s', 'hold', { users: 50, topology }),
];
