import '@tillroll/service/program/require-node-24';
import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '@tillroll/settings';
import { Command } from 'commander';
import { tellPurchase } from './demo/purchase-story';
import { endBecauseOf } from '@tillroll/service/program/exit-codes';
import { startShop } from './start-shop';

const program = new Command('npm run demo --')
  .description('Tells one purchase, with the events that each step wrote. Without --url it starts a shop of its own and throws it away.')
  .option('--url <address>', 'a running shop, for example http://127.0.0.1:3000; its admin is ADMIN_EMAIL (default admin@example.com) and ADMIN_PASSWORD');

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function againstRunning(url: string): Promise<void> {
  const { ADMIN_EMAIL: email = 'admin@example.com', ADMIN_PASSWORD: password } = process.env;
  if (password === undefined) throw new TypeError('set ADMIN_PASSWORD to the password that the shop printed when it first started: the feed of events is for operators');
  await tellPurchase({ url, admin: { email, password }, tell: print });
}

async function againstOwn(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tillroll-demo-'));
  const admin = { email: 'admin@example.com', password: 'a password for the demonstration' };
  try {
    const settings = readSettings({ DATA_DIR: directory, PORT: '0', LOG_LEVEL: 'warn', ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password });
    const shop = await startShop({ settings });
    print(`A shop of its own is open at ${shop.url}`);
    await tellPurchase({ url: shop.url, admin, tell: print });
    await shop.stop();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const { url } = program.parse().opts<{ url?: string }>();
(url === undefined ? againstOwn() : againstRunning(url.replace(/\/+$/, ''))).then(
  () => process.exit(0),
  (error: unknown) => (error instanceof TypeError ? (process.stderr.write(`${error.message}\n`), process.exit(1)) : endBecauseOf(error)),
);
