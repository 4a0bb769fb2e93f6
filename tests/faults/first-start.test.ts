import { resolve } from 'node:path';
import { expecting } from '../support/shop-client';
import { type ShopProcess, startShopProcess, temporaryDataDirectory } from '../support/shop-process';

const PRELOAD = resolve(__dirname, '../support/crash-point.cjs');
const SETTINGS = { DEMO: 'on', ADMIN_PASSWORD: '' };
const PASSWORD = /with the password (\S+) /;

describe('a first start that is cut off', () => {
  const data = temporaryDataDirectory();
  let shop: ShopProcess | undefined;
  afterAll(async () => {
    await shop?.kill();
    data.remove();
  });

  /** Resolves with what it printed before it died. */
  const cutOff = async (crashPoint: string): Promise<string> => {
    try {
      shop = await startShopProcess(data.path, { ...SETTINGS, CRASH_POINT: crashPoint, NODE_OPTIONS: `--require ${PRELOAD}` });
    } catch (error) {
      return String(error);
    }
    throw new Error(`the crash point was not met: ${shop.output()}`);
  };

  it('is gone through again: the password was told, and the catalogue is whole', async () => {
    expect(await cutOff('after EmailClaimed')).toMatch(PASSWORD);
    const [, password = ''] = PASSWORD.exec(await cutOff('after AccountOpened')) ?? [];
    expect(await cutOff('after ProductCreated#3')).not.toMatch(PASSWORD);
    expect(await cutOff('before StockAdjusted#2')).not.toMatch(PASSWORD);
    shop = await startShopProcess(data.path, SETTINGS);
    expect(shop.output()).not.toMatch(PASSWORD);

    const admin = await shop.client.signIn('admin@example.com', password);
    const { data: products } = await expecting(200, admin.get('/products'));
    expect(products).toHaveLength(6);
    for (const { productId, available } of products) {
      const { data: movements } = await expecting(200, admin.get(`/products/${productId}/stock-movements`));
      expect(movements).toMatchObject([{ type: 'adjusted', quantity: available }]);
    }
    expect(await shop.kill('SIGTERM')).toBe(0);
  });
});
