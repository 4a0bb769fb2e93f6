import { connect, type Socket } from 'node:net';
import { ADMIN, expecting, newCustomer, type ShopClient } from '../support/shop-client';
import { type ShopProcess, startShopProcess, temporaryDataDirectory } from '../support/shop-process';

const MIB = 1024 * 1024;
const MANY = 300;

const data = temporaryDataDirectory();
let shop: ShopProcess;
let ada: ShopClient;
let open: Socket[] = [];

beforeAll(async () => {
  shop = await startShopProcess(data.path);
  ada = (await newCustomer(shop.client)).client;
});
afterAll(async () => {
  await shop.kill('SIGTERM');
  data.remove();
});
afterEach(() => {
  for (const socket of open) socket.destroy();
  open = [];
});

const residentMiB = async (): Promise<number> => Number(/^process_resident_memory_bytes (\S+)/m.exec(await (await fetch(`${shop.client.url}/metrics`)).text())?.[1]) / MIB;

/** A connection on which this has been sent, and nothing more. */
function begun(bytes: string): Promise<Socket> {
  const { hostname, port } = new URL(shop.client.url);
  return new Promise((connected, failed) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(bytes);
      connected(socket);
    });
    socket.on('error', failed);
    open.push(socket);
  });
}

const answerOn = (socket: Socket): Promise<string> =>
  new Promise((answered) => {
    let text = '';
    socket.removeAllListeners('error');
    socket.on('error', () => answered(text));
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('close', () => answered(text));
  });

describe('clients that are slow', () => {
  it.each([
    ['with their headers', 'GET /v1/cart HTTP/1.1\r\nhost: shop\r\nx-a: '],
    ['with their bodies', 'POST /v1/sessions HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{"email":"'],
  ])('%s do not keep the others waiting', async (_, bytes) => {
    await Promise.all(Array.from({ length: MANY }, () => begun(bytes)));
    for (let n = 0; n < 20; n++) await expecting(200, ada.get('/cart'));
    await shop.client.signIn(ADMIN.email, ADMIN.password);
  });

  it('are let go with a problem document', async () => {
    const answer = await answerOn(await begun('GET /v1/cart HTTP/1.1\r\nhost: shop\r\nx-a: '));
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status: 408, code: 'request_timeout' });
  });

  it('to read an event stream keep nothing in memory', async () => {
    const before = await residentMiB();
    await Promise.all(Array.from({ length: 15 }, () => begun(`GET /v1/me/notices/stream HTTP/1.1\r\nhost: shop\r\nauthorization: Bearer ${ada.token ?? ''}\r\n\r\n`).then((socket) => socket.pause())));
    for (let n = 0; n < 50; n++) await expecting(200, ada.get('/cart'));
    expect((await residentMiB()) - before).toBeLessThan(50);
  });
});

describe('bodies without an end', () => {
  /** Sends a mebibyte again and again until the shop has had enough. */
  async function flood(head: string, chunk: (bytes: Buffer) => Buffer): Promise<{ readonly answer: string; readonly sent: number }> {
    const socket = await begun(head);
    const answer = answerOn(socket);
    const bytes = chunk(Buffer.alloc(MIB, 'x'));
    let sent = 0;
    const isOpen = () => !socket.destroyed && socket.writable;
    while (isOpen() && sent < 200 * MIB) {
      sent += bytes.length;
      if (!socket.write(bytes)) await new Promise<void>((drained) => {
        socket.once('drain', drained);
        socket.once('close', () => drained());
      });
    }
    socket.destroy();
    return { answer: await answer, sent };
  }

  it.each<[string, string, (bytes: Buffer) => Buffer]>([
    ['in chunks', 'transfer-encoding: chunked', (bytes) => Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])],
    ['of a length that is told', `content-length: ${1024 * MIB}`, (bytes) => bytes],
    ['of a length that is a lie', 'content-length: 10', (bytes) => bytes],
  ])('%s are cut off, and do not fill the memory', async (_, header, chunk) => {
    const before = await residentMiB();
    const floods = await Promise.all(
      Array.from({ length: 10 }, () => flood(`POST /v1/me/addresses HTTP/1.1\r\nhost: shop\r\nauthorization: Bearer ${ada.token ?? ''}\r\ncontent-type: application/json\r\n${header}\r\n\r\n`, chunk)),
    );
    for (const { answer } of floods) if (answer !== '') expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect((await residentMiB()) - before).toBeLessThan(100);
    expect((await expecting(200, ada.get('/me/addresses'))).data).toHaveLength(1);
  });

  it('that are large do not fill the memory either', async () => {
    const large = JSON.stringify({ name: 'x'.repeat(101_000) });
    const many = async (times: number) => {
      for (let n = 0; n < times; n++) await Promise.all(Array.from({ length: 20 }, () => ada.post('/me/addresses', large)));
    };
    await many(10);
    const before = await residentMiB();
    await many(50);
    expect((await residentMiB()) - before).toBeLessThan(100);
  });
});
