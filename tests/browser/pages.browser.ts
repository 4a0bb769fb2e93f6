import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ADMIN, eventually, newCustomer, newProduct, placeOrder, type ShopClient } from '../support/shop-client';
import { type ShopProcess, startShopProcess, temporaryDataDirectory } from '../support/shop-process';

/** Debian's; `CHROMIUM` names another. */
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
/** Where screenshots go, when somebody wants to look. */
const SCREENSHOTS = process.env['SCREENSHOTS'];

describe('pages in a real browser', () => {
  const data = temporaryDataDirectory();
  const errors: string[] = [];
  let shop: ShopProcess;
  let admin: ShopClient;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    if (!existsSync(CHROMIUM)) throw new Error(`there is no browser at ${CHROMIUM}: install Debian's package chromium, or name one in CHROMIUM`);
    shop = await startShopProcess(data.path);
    admin = await shop.client.signIn(ADMIN.email, ADMIN.password);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.kill('SIGTERM');
    data.remove();
  });
  beforeEach(async () => {
    errors.length = 0;
    page = await browser.newPage({ viewport: { width: 1000, height: 800 } });
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
  });
  afterEach(async () => {
    await page.close();
    expect(errors).toEqual([]);
  });

  const keep = async (name: string) => void (SCREENSHOTS !== undefined && (await page.screenshot({ path: `${SCREENSHOTS}/${name}.png` })));

  const operation = (path: string) => page.locator(`[data-path="${path}"]`).first();

  it('the home page leads to the API, the catalogue and the health', async () => {
    await page.goto(shop.client.url);
    expect(await page.title()).toBe('Tillroll');
    await keep('home');
    for (const path of ['/openapi.json', '/v1/products', '/health/ready', '/metrics']) expect((await page.request.get(shop.client.url + path)).status()).toBe(200);
    await page.getByRole('link', { name: '/docs' }).click();
    await operation('/v1/orders').waitFor();
    await keep('docs');
  });

  it('a route of the API page opens with its answers and examples', async () => {
    await page.goto(`${shop.client.url}/docs`);
    await operation('/v1/cart/items').click();
    await page.getByText('Responses').first().waitFor();
    await keep('docs-operation');
  });

  it.each([
    ['Approve', 'captured', 'confirmed'],
    ['Decline', 'failed', 'pending'],
  ])('the hosted page of the provider: %s', async (button, paymentStatus, orderStatus) => {
    const customer = await newCustomer(shop.client);
    const { body: order } = await placeOrder(customer, await newProduct(admin));
    const { body: payment } = await customer.client.post(`/orders/${order.orderId}/payments`, {
      amount: order.total,
      method: 'card_redirect',
      returnUrl: `${shop.client.url}/?back`,
    }, { key: `key-${button}` });
    await page.goto(payment.nextAction.url);
    await keep(`checkout-${button.toLowerCase()}`);
    await page.getByRole('button', { name: new RegExp(button, 'i') }).click();
    await page.waitForURL(`${shop.client.url}/?back`);
    await eventually(() => customer.client.get(`/payments/${payment.paymentId}`), ({ body }) => body.status === paymentStatus);
    await eventually(() => customer.client.get(`/orders/${order.orderId}`), ({ body }) => body.status === orderStatus);
  });
});
