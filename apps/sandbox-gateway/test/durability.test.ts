import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { textWith } from './matchers';
import { KEY, temporaryDirectory, WEBHOOK_SECRET } from './running-sandbox';
import { SandboxClient } from './sandbox-client';
import { type WebhookReceiver, webhookReceiver } from './webhook-receiver';

jest.setTimeout(60_000);

const root = resolve(__dirname, '../../..');
const projects = ['apps/sandbox-gateway', 'libs/kernel', 'libs/event-store'].map((path) => resolve(root, path));

interface OwnProcess {
  readonly child: ChildProcess;
  readonly client: SandboxClient;
  end(signal: NodeJS.Signals): Promise<number | null>;
}

describe('a provider in a process of its own', () => {
  const directory = temporaryDirectory();
  const processes = new Set<OwnProcess>();
  let receiver: WebhookReceiver;

  beforeAll(async () => {
    execFileSync(process.execPath, [resolve(root, 'tools/build.mjs'), ...projects], { cwd: root });
    receiver = await webhookReceiver();
  });
  afterAll(async () => {
    for (const running of processes) await running.end('SIGKILL');
    await receiver.close();
    directory.remove();
  });

  async function start(settings: Readonly<Record<string, string>> = {}): Promise<OwnProcess> {
    const child = spawn(process.execPath, [resolve(root, 'apps/sandbox-gateway/dist/main.js')], {
      env: { PORT: '0', DATA_DIR: directory.path, SANDBOX_KEY: KEY, WEBHOOK_URL: receiver.url, WEBHOOK_SECRET, ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit') as Promise<[number | null]>;
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const client = new SandboxClient(/http:\/\/[^/\s]+/.exec(String(said))?.[0] ?? '', KEY);
    const running: OwnProcess = {
      child,
      client,
      async end(signal) {
        processes.delete(running);
        child.kill(signal);
        const [code] = await exited;
        await client.close();
        return code;
      },
    };
    processes.add(running);
    return running;
  }

  it('keeps what it answered through a kill, and then tells of it', async () => {
    receiver.answerWith(undefined);
    const before = await start();
    const key = 'key-1';
    const asked = { paymentId: 'p', orderId: 'o' };
    const created = await before.client.createIntent('card_ok', asked, key);
    const refunded = await before.client.refund(created.json.id, 300, 'key-2');
    expect([created.status, refunded.status]).toEqual([201, 201]);
    await before.end('SIGKILL');

    receiver.answerWith(202);
    const after = await start();
    expect((await after.client.get(`/v1/intents/${created.json.id}`)).json).toMatchObject({ status: 'captured', captured: 1_000, refunded: 300 });
    expect((await after.client.createIntent('card_ok', asked, key)).json.id).toBe(created.json.id);
    const already = receiver.deliveries.length;
    const told = (type: string) => receiver.received((delivery) => delivery.type === type && receiver.deliveries.indexOf(delivery) >= already - 2);
    expect((await told('intent.captured'))[0]?.data).toMatchObject({ id: created.json.id, paymentId: 'p', orderId: 'o' });
    expect((await told('refund.succeeded'))[0]?.data).toMatchObject({ id: refunded.json.id });
    expect(await after.end('SIGTERM')).toBe(0);
  });

  it('finishes after a kill what time was to do', async () => {
    const before = await start({ SANDBOX_LATE_MS: '200' });
    const { json } = await before.client.createIntent('card_late_success');
    await before.end('SIGKILL');
    const after = await start();
    await receiver.received(({ type, data }) => type === 'intent.captured' && data.id === json.id);
    await after.end('SIGTERM');
  });

  it.each([
    ['a wrong setting', { PORT: 'x' }, 78, 'PORT is "x"'],
    ['a missing secret', { WEBHOOK_SECRET: '' }, 78, 'WEBHOOK_SECRET is missing'],
  ])('says what is wrong with %s', (_, settings, code, message) => {
    const outcome = endOf(settings);
    expect(outcome).toMatchObject({ code, text: textWith(message) });
  });

  it('says when another process has the directory or the port', async () => {
    const first = await start();
    const port = new URL(first.client.url).port;
    const sameDirectory = endOf({});
    expect(sameDirectory).toMatchObject({ code: 1, text: textWith(directory.path) });
    const other = temporaryDirectory();
    const samePort = endOf({ DATA_DIR: other.path, PORT: port });
    expect(samePort).toMatchObject({ code: 1, text: textWith(port) });
    for (const { text } of [sameDirectory, samePort]) expect(text.trim().split('\n')).toHaveLength(1);
    await first.end('SIGTERM');
    other.remove();
  });

  function endOf(settings: Readonly<Record<string, string>>): { readonly code: unknown; readonly text: string } {
    try {
      execFileSync(process.execPath, [resolve(root, 'apps/sandbox-gateway/dist/main.js')], {
        env: { PORT: '0', DATA_DIR: directory.path, SANDBOX_KEY: KEY, WEBHOOK_URL: receiver.url, WEBHOOK_SECRET, ...settings },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 20_000,
      });
      return { code: 0, text: '' };
    } catch (error) {
      const { status, stderr } = error as { readonly status: unknown; readonly stderr: Buffer };
      return { code: status, text: stderr.toString() };
    }
  }
});
