import './require-node-24';
import 'reflect-metadata';
import { readSettings } from '@tillroll/settings';
import { endBecauseOf } from './exit-codes';
import { type RunningShop, startShop } from './start-shop';

const LONGEST_STOP_MS = 29_000;

/** Requests that were begun are answered; what takes longer than the promised 30 s is left to the next start. */
function stopOnSignal(starting: Promise<RunningShop>): void {
  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(0), LONGEST_STOP_MS).unref();
    starting.then((shop) => shop.stop()).then(() => process.exit(0), endBecauseOf);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const announcePassword = (password: string): void =>
    void process.stdout.write(`The admin account is ${settings.adminEmail} with the password ${password} (shown only now)\n`);
  const starting = startShop({ settings, announcePassword });
  stopOnSignal(starting);
  const { url } = await starting;
  process.stdout.write(`Tillroll is open at ${url}\n`);
}

main().catch(endBecauseOf);
