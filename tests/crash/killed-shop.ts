import { spawnShopProcess, startShopProcess, type ShopProcess } from '../support/shop-process';
import { ShopClient } from '../support/shop-client';
import type { Whereabouts } from './keyed-writes';

/** A shop on one data directory that is killed and started again. */
export class KilledShop implements Whereabouts {
  private running: ShopProcess | undefined;
  private printed = '';

  constructor(
    readonly directory: string,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  readonly url = (): string | undefined => this.running?.client.url;

  client(token?: string): ShopClient {
    const url = this.url();
    if (url === undefined) throw new Error('the shop is down');
    return new ShopClient(url, token);
  }

  async start(): Promise<void> {
    this.running = await startShopProcess(this.directory, this.settings);
  }

  /** `kill -9`, whatever it is doing. */
  async kill(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    await running?.kill('SIGKILL');
    this.printed += running?.output() ?? '';
  }

  /** Starts it and kills it after so long, ready or not. */
  async startAndKill(afterMs: number): Promise<void> {
    const child = spawnShopProcess(this.directory, this.settings);
    const keep = (chunk: Buffer) => (this.printed += chunk.toString());
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    const ended = new Promise<void>((done) => child.once('exit', () => done()));
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    child.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<number | null> {
    const { running } = this;
    this.running = undefined;
    const code = (await running?.kill('SIGTERM')) ?? null;
    this.printed += running?.output() ?? '';
    return code;
  }

  /** What it has logged as an error so far, in all its lives. */
  errors(): readonly string[] {
    return `${this.printed}${this.running?.output() ?? ''}`.split('\n').filter((line) => line.includes('"level":"error"') || line.includes('"level":"fatal"'));
  }
}
