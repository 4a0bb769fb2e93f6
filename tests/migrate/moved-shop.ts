import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ADMIN, expecting, newCustomer, newProduct, payFor, placeOrder } from '../support/shop-client';
import { startShopProcess } from '../support/shop-process';

const MIGRATE = resolve(__dirname, '../../apps/shop/dist/migrate.js');
const environment = { PATH: process.env['PATH'] };

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run migrate -- <args>`, built. */
export const migrate = (...args: readonly string[]): Promise<Ended> =>
  new Promise((ended) => {
    execFile(process.execPath, [MIGRATE, ...args], { env: environment, maxBuffer: 2 ** 24 }, (error, stdout, stderr) => ended({ code: Number(error?.code ?? 0), stdout, stderr }));
  });

/** The same, not waited for. */
export const beginMigrating = (...args: readonly string[]): ChildProcess => spawn(process.execPath, [MIGRATE, ...args], { env: environment, stdio: 'ignore' });

/** What a shop keeps, byte by byte. */
export const bytesOf = (directory: string): string =>
  ['tillroll.db', 'tillroll.db-wal'].map((file) => createHash('sha256').update(readOrNothing(join(directory, file))).digest('hex')).join(' ');

function readOrNothing(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}

/** Sells in a shop on the directory, forgets a customer whose address somebody else then takes, and stops it. */
export async function fillShop(directory: string, purchases: number): Promise<void> {
  const shop = await startShopProcess(directory);
  const admin = await shop.client.signIn(ADMIN.email, ADMIN.password);
  const productId = await newProduct(admin, { stock: 1_000 });
  for (let count = 0; count < purchases; count++) {
    const customer = await newCustomer(shop.client);
    const placed = await placeOrder(customer, productId);
    if (count % 3 !== 0) await expecting(201, payFor(customer, placed.body));
  }
  const forgotten = { email: 'forgotten@example.com', password: 'a password of hers', name: 'Grace Hopper' };
  await expecting(201, shop.client.post('/accounts', forgotten));
  await expecting(202, (await shop.client.signIn(forgotten.email, forgotten.password)).delete('/me'));
  for (let tries = 0; (await shop.client.post('/accounts', forgotten)).status !== 201; tries++) if (tries > 200) throw new Error('the address is not free again');
  await shop.kill('SIGTERM');
}
