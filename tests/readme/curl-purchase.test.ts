import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ADMIN, newProduct } from '../support/shop-client';
import { startShopProcess, temporaryDataDirectory } from '../support/shop-process';

const README = readFileSync(join(resolve(__dirname, '../..'), 'README.md'), 'utf8');

const pasted = (): string => {
  const script = /paste this:\n\n```sh\n([\s\S]+?)```/.exec(README)?.[1];
  if (script === undefined) throw new Error('the README has no purchase to paste');
  return script;
};

describe('the README', () => {
  it('shows a purchase with curl that works when it is pasted', async () => {
    const data = temporaryDataDirectory();
    const shop = await startShopProcess(data.path);
    try {
      const admin = await shop.client.signIn(ADMIN.email, ADMIN.password);
      await newProduct(admin, { productId: 'earl-grey-100', price: { amount: 690, currency: 'EUR' } });
      const script = pasted().replace('http://127.0.0.1:3000', shop.client.url);
      const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script]);
      const answers = stdout.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(answers[1]).toMatchObject({ total: { amount: 1_380, currency: 'EUR' } });
      expect(answers[2]).toMatchObject({ code: 'payment_declined' });
      expect(answers[3]).toMatchObject({ status: 'captured' });
      const told = (answers[4]?.['data'] as { type: string }[]).map(({ type }) => type);
      expect(told).toEqual(expect.arrayContaining(['order-placed', 'stock-held', 'payment-failed', 'payment-captured', 'order-confirmed']));
    } finally {
      await shop.kill('SIGTERM');
      data.remove();
    }
  });
});
