import { type SandboxGatewayModuleOptions, seededRandom } from '@tillroll/sandbox-gateway';
import { VirtualClock } from '@tillroll/testing';
import { type RunningSandbox, runSandbox, temporaryDirectory, WEBHOOK_SECRET } from './running-sandbox';
import { type WebhookReceiver, webhookReceiver } from './webhook-receiver';

export interface SandboxWithReceiver {
  readonly clock: VirtualClock;
  readonly receiver: WebhookReceiver;
  /** The one that runs now. */
  readonly client: RunningSandbox['client'];
  /** Stops the provider in order. */
  stop(): Promise<void>;
  /** Starts it again with the same ledger. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** A provider on a virtual clock, whose merchant listens. */
export async function sandboxWithReceiver(options: Partial<SandboxGatewayModuleOptions> = {}): Promise<SandboxWithReceiver> {
  const directory = temporaryDirectory();
  const clock = new VirtualClock(Date.parse('2026-01-01T00:00:00Z'));
  const receiver = await webhookReceiver();
  const start = () =>
    runSandbox({
      dataDirectory: directory.path,
      clock,
      random: seededRandom(42),
      webhook: { url: () => receiver.url, secret: WEBHOOK_SECRET },
      ...options,
    });
  let running: RunningSandbox | undefined = await start();

  const stop = async () => {
    await running?.close();
    running = undefined;
  };
  return {
    clock,
    receiver,
    get client() {
      if (running === undefined) throw new Error('the sandbox does not run');
      return running.client;
    },
    stop,
    async start() {
      running = await start();
    },
    async close() {
      await stop();
      await receiver.close();
      directory.remove();
    },
  };
}
