import './require-node-24';
import 'reflect-metadata';
import { readSettings } from '@tillroll/settings';
import { endBecauseOf } from './exit-codes';
import { startShop } from './start-shop';

const LONGEST_STOP_MS = 30_000;

async function main(): Promise<void> {
  const shop = await startShop({ settings: readSettings(process.env) });
  process.stdout.write(`Tillroll is open at ${shop.url}\n`);
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(0), LONGEST_STOP_MS - 1_000).unref();
    shop.stop().then(() => process.exit(0), endBecauseOf);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch(endBecauseOf);
