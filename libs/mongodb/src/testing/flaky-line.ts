import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A line to the server that breaks when a test says so. */
export class FlakyLine {
  private readonly ends = new Set<Socket>();
  private isStalled = false;
  private bytesLeft = Number.POSITIVE_INFINITY;

  private constructor(
    private readonly server: Server,
    private readonly port: number,
    /** The server's address by this line. */
    readonly url: string,
  ) {}

  static async to(url: string): Promise<FlakyLine> {
    const [, host = '', port = '27017'] = /\/\/(?:[^@/]*@)?([^:/?,]+)(?::(\d+))?/.exec(url) ?? [];
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port: own } = server.address() as AddressInfo;
    const through = url.replace(/(\/\/(?:[^@/]*@)?)[^/?]+/, `$1127.0.0.1:${own}`);
    const line = new FlakyLine(server, own, `${through}${through.includes('?') ? '&' : '?'}directConnection=true`);
    server.on('connection', (near) => line.join(near, connect(Number(port), host)));
    return line;
  }

  /** Nobody listens any more, and all connections are gone. */
  async refuse(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.drop();
    await closed;
  }

  /** All connections are gone; new ones are welcome. */
  drop(): void {
    for (const end of this.ends) end.destroy();
  }

  /** Takes everything and answers nothing. */
  stall(): void {
    this.isStalled = true;
    for (const end of this.ends) end.pause();
  }

  /** Drops all connections, once, when so much has gone to the server. */
  cutAfter(bytes: number): void {
    this.bytesLeft = bytes;
  }

  async mend(): Promise<void> {
    this.isStalled = false;
    this.bytesLeft = Number.POSITIVE_INFINITY;
    for (const end of this.ends) end.resume();
    if (this.server.listening) return;
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async close(): Promise<void> {
    if (this.server.listening) await this.refuse();
  }

  private join(near: Socket, far: Socket): void {
    for (const [from, to] of [[near, far], [far, near]] as const) {
      this.ends.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        this.ends.delete(from);
        to.destroy();
      });
      from.on('data', (chunk: Buffer) => {
        if (from === near) this.bytesLeft -= chunk.length;
        if (this.bytesLeft >= 0) return void to.write(chunk);
        to.write(chunk.subarray(0, Math.max(0, chunk.length + this.bytesLeft)));
        this.bytesLeft = Number.POSITIVE_INFINITY;
        this.drop();
      });
      if (this.isStalled) from.pause();
    }
  }
}
