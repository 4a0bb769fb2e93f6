import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { keptConsumers } from '@tillroll/event-bus/embedded/kept-consumers';
import { EmbeddedEngine, isMarkOfMove, openEmbeddedEventStore, type RecordedEvent } from '@tillroll/event-store';
import { openEventStoreDb } from '@tillroll/event-store/eventstoredb/eventstoredb-event-store';
import { startEventStoreDbDouble } from '@tillroll/event-store/testing/eventstoredb-double/double';
import { someEvents } from '@tillroll/event-store/testing/events';
import { keptSecrets } from '@tillroll/secrets';
import { ADMIN, eventually, expecting, newCustomer, newProduct, placeOrder } from '../support/shop-client';
import { startShopProcess, temporaryDataDirectory } from '../support/shop-process';
import { beginMigrating, bytesOf, fillShop, migrate } from './moved-shop';

jest.setTimeout(240_000);

describe('moving a shop', () => {
  const source = temporaryDataDirectory();
  const made: { remove(): void }[] = [source];
  const place = (): string => {
    const directory = temporaryDataDirectory();
    made.push(directory);
    return join(directory.path, 'moved');
  };
  beforeAll(() => fillShop(source.path, 12));
  afterAll(() => made.forEach((directory) => directory.remove()));

  async function logIn(directory: string): Promise<readonly Omit<RecordedEvent, 'position'>[]> {
    const engine = EmbeddedEngine.open({ directory, readOnly: true });
    const found: Omit<RecordedEvent, 'position'>[] = [];
    for await (const { events } of openEmbeddedEventStore({ engine }).readAll({ after: 0 }))
      found.push(...events.filter((event) => !isMarkOfMove(event)).map(({ position: _, ...event }) => event));
    await engine.close();
    return found;
  }

  async function keptIn(directory: string) {
    const engine = EmbeddedEngine.open({ directory, readOnly: true });
    const secrets = [...keptSecrets(engine)].map(({ name, value }) => `${name} ${value?.toString('hex') ?? 'destroyed'}`).sort();
    const uses = engine.prepare('SELECT id, fingerprint, begun_at, answer FROM idempotency ORDER BY id').all();
    const head = await openEmbeddedEventStore({ engine }).head();
    const behind = keptConsumers(engine).filter(({ position }) => position < head - 10).map(({ name }) => name);
    await engine.close();
    return { secrets, uses, behind };
  }

  it('says what it would do, and writes nothing', async () => {
    const [to, before] = [place(), bytesOf(source.path)];
    const ended = await migrate('--from', source.path, '--to', to, '--dry-run');
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/events would be copied[^]*Nothing was written/) as string });
    expect(existsSync(to)).toBe(false);
    expect(bytesOf(source.path)).toBe(before);
  });

  it('moves all into another directory, where the shop goes on; a second run changes nothing', async () => {
    const [to, before] = [place(), bytesOf(source.path)];
    const ended = await migrate('--from', source.path, '--to', to, '--json');
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stderr).toMatch(/copying: [\d,]+ events, [\d,]+ streams, [\d,]+ events\/s/);
    const result = JSON.parse(ended.stdout) as { outcome: string; copied: number; sameOrder: boolean; audit: { source: unknown; target: { violations: number } } };
    const log = await logIn(source.path);
    expect(result).toMatchObject({ outcome: 'moved', copied: log.length, sameOrder: true, audit: { target: { violations: 0 } } });
    expect(result.audit.target).toEqual(result.audit.source);
    expect(await logIn(to)).toEqual(log);
    expect(log.some(({ streamId, revision }) => revision > 0 && log.find((event) => event.streamId === streamId)?.revision === revision)).toBe(true);
    const [kept, moved] = [await keptIn(source.path), await keptIn(to)];
    expect(moved).toEqual(kept);
    expect(kept.secrets.some((secret) => secret.endsWith('destroyed'))).toBe(true);
    expect(kept.behind).toEqual([]);
    expect(bytesOf(source.path)).toBe(before);

    const afterwards = bytesOf(to);
    const again = await migrate('--from', source.path, '--to', to);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing was changed') as string });
    expect(bytesOf(to)).toBe(afterwards);

    const shop = await startShopProcess(to);
    const admin = await shop.client.signIn(ADMIN.email, ADMIN.password);
    const orders = await expecting(200, admin.get('/admin/orders?limit=100'));
    expect(orders.data).toHaveLength(12);
    const placed = await placeOrder(await newCustomer(shop.client), await newProduct(admin, { stock: 3 }));
    expect(placed.status).toBe(201);
    await eventually(() => shop.client.get('/products'), ({ status }) => status === 200);
    expect(await shop.kill('SIGTERM')).toBe(0);
    expect(bytesOf(source.path)).toBe(before);
  });

  it('goes on after kill -9 at any moment', async () => {
    const to = place();
    for (const moment of [500, 900, 1_050, 1_150, 1_250, 1_350, 1_450, 1_600, 1_800, 2_100]) {
      const child = beginMigrating('--from', source.path, '--to', to);
      const ended = new Promise((done) => child.once('exit', done));
      const timer = setTimeout(() => child.kill('SIGKILL'), moment);
      await ended;
      clearTimeout(timer);
    }
    expect(await migrate('--from', source.path, '--to', to)).toMatchObject({ code: 0 });
    expect(await logIn(to)).toEqual(await logIn(source.path));
    expect(await keptIn(to)).toEqual(await keptIn(source.path));
  });

  it('moves into EventStoreDB (its test double), cut off in between, with the rest in a directory', async () => {
    const [directory, keep] = [temporaryDataDirectory(), place()];
    made.push(directory);
    const double = await startEventStoreDbDouble({ directory: directory.path });
    const args = ['--from', source.path, '--to', double.url, '--keep', keep];
    const child = beginMigrating(...args);
    const ended = new Promise((done) => child.once('exit', done));
    const timer = setTimeout(() => child.kill('SIGKILL'), 1_500);
    await ended;
    clearTimeout(timer);
    const done = await migrate(...args, '--json');
    expect(done).toMatchObject({ code: 0 });
    expect(JSON.parse(done.stdout)).toMatchObject({ sameOrder: true, audit: { target: { violations: 0 } } });
    const store = openEventStoreDb({ url: double.url });
    const found: Omit<RecordedEvent, 'position'>[] = [];
    for await (const { events } of store.readAll({ after: 0 })) found.push(...events.filter((event) => !isMarkOfMove(event)).map(({ position: _, ...event }) => event));
    expect(found).toEqual(await logIn(source.path));
    const [first] = found.filter(({ streamId, revision }, index) => revision > 0 && found.findIndex((event) => event.streamId === streamId) === index);
    for await (const page of store.readStream(first?.streamId ?? '')) expect(page[0]?.revision).toBe(first?.revision);
    expect(await migrate(...args)).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing was changed') as string });
    await store.close();
    await double.close();
  });

  it('refuses a target with other streams, and a source that has changed since', async () => {
    const to = place();
    const engine = EmbeddedEngine.open({ directory: to });
    const store = openEmbeddedEventStore({ engine });
    for (const stream of ['other-1', 'other-2', 'other-3']) await store.append(stream, 'no_stream', someEvents(1));
    await engine.close();
    expect(await migrate('--from', source.path, '--to', to)).toMatchObject({ code: 65, stderr: expect.stringContaining('it has 3 streams') as string });

    const [changed, target] = [place(), place()];
    await cp(source.path, changed, { recursive: true });
    expect(await migrate('--from', source.path, '--to', target)).toMatchObject({ code: 0 });
    const more = EmbeddedEngine.open({ directory: changed });
    await openEmbeddedEventStore({ engine: more }).append('cart-of-somebody', 'no_stream', someEvents(1));
    await more.close();
    expect(await migrate('--from', changed, '--to', target)).toMatchObject({ code: 65, stderr: expect.stringContaining('has changed since') as string });
  });

  it('refuses a directory in use, one without a shop, a damaged one, and addresses that are none', async () => {
    const engine = EmbeddedEngine.open({ directory: source.path });
    expect(await migrate('--from', source.path, '--to', place())).toMatchObject({ code: 75, stderr: expect.stringContaining('in use') as string });
    await engine.close();
    const empty = place();
    expect(await migrate('--from', empty, '--to', place())).toMatchObject({ code: 74, stderr: expect.stringContaining('no shop') as string });
    expect(existsSync(empty)).toBe(false);
    expect(await migrate('--from', source.path, '--to', source.path)).toMatchObject({ code: 65 });
    expect(await migrate('--from', source.path, '--to', 'http://localhost')).toMatchObject({ code: 78 });
    expect(await migrate('--from', source.path)).toMatchObject({ code: 78, stderr: expect.stringContaining('EVENTSTORE_URL') as string });
    expect(await migrate('--from', source.path, '--to', 'esdb://127.0.0.1:1?tls=false')).toMatchObject({ code: 78, stderr: expect.stringContaining('MONGODB_URL') as string });
    expect(await migrate('--from', source.path, '--to', 'esdb://127.0.0.1:1?tls=false', '--keep', place())).toMatchObject({ code: 74 });

    const [torn, target] = [place(), place()];
    await cp(source.path, torn, { recursive: true });
    const file = openSync(join(torn, 'tillroll.db'), 'r+');
    writeSync(file, Buffer.alloc(4_096, 7), 0, 4_096, 5 * 4_096);
    closeSync(file);
    expect(await migrate('--from', torn, '--to', target)).toMatchObject({ code: 65, stderr: expect.stringContaining('tillroll.db') as string });
  });
});
