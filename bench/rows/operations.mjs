import { setTimeout as sleep } from 'node:timers/promises';
import { cpuTime, load, residentMemory, startShop } from '../servers.mjs';

/** Orders are bought over HTTP until there are so many; then the shop is looked at, stopped, and started again. */
const operations = {
  name: 'operations',
  what: 'start, idle CPU and resident memory after many orders (--orders, default 5,000; about 20 events each)',
  target: 'start <= 5 s with 1,000,000 events, idle CPU < 1 %, < 300 MiB after 100,000 orders',
  async run({ orders = 5_000, onProgress }) {
    const shop = await startShop();
    let bought = 0;
    while (bought < orders) {
      bought += (await load('purchase', shop, { users: 20, seconds: 20, warmUpSeconds: 0 })).count;
      onProgress(`${bought} of ${orders} orders`);
    }
    const residentMiB = residentMemory(shop.child.pid);
    await shop.stop(true);
    const again = await startShop(shop.directory);
    await sleep(3_000);
    const before = cpuTime(again.child.pid);
    await sleep(20_000);
    const idle = (cpuTime(again.child.pid) - before) / 20_000;
    await again.stop();
    return { value: again.startedInMs / 1000, unit: ' s to start', detail: { orders: bought, residentMiB: Math.round(residentMiB), idleCpuPercent: 100 * idle } };
  },
};

export const operational = [operations];
