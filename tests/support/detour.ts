import { createConnection, createServer, type Socket } from 'node:net';

/** A way to a server that can be cut: what goes over it then breaks off, and nothing gets through. */
export interface Detour {
  readonly port: number;
  /** Breaks what is open, and refuses what comes. */
  cut(): Promise<void>;
  /** Lets nothing through in either direction, and breaks nothing: the server seems frozen. */
  freeze(): void;
  restore(): Promise<void>;
  close(): Promise<void>;
}

export async function openDetour(host: string, port: number): Promise<Detour> {
  const open = new Set<Socket>();
  let isFrozen = false;
  const server = createServer((from) => {
    const to = createConnection({ host, port });
    for (const [one, other] of [[from, to], [to, from]] as const) {
      open.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      if (isFrozen) one.pause();
    }
  });
  const listen = (at: number) => new Promise<void>((done, failed) => void server.once('error', failed).listen(at, '127.0.0.1', done));
  await listen(0);
  const { port: own } = server.address() as { readonly port: number };

  async function cut(): Promise<void> {
    isFrozen = false;
    const closed = new Promise<void>((done) => void server.close(() => done()));
    for (const socket of open) socket.destroy();
    await closed;
  }

  return {
    port: own,
    cut,
    freeze() {
      isFrozen = true;
      for (const socket of open) socket.pause();
    },
    async restore() {
      isFrozen = false;
      for (const socket of open) socket.resume();
      if (!server.listening) await listen(own);
    },
    close: async () => void (server.listening && (await cut())),
  };
}

/** The same address by the detour. For one host; a client that is told of others by the server would go around it. */
export const byDetour = (address: string, { port }: Detour): string => address.replace(/(\/\/(?:[^@/]*@)?)[^/?,]+/, `$1127.0.0.1:${port}`);

export function hostOf(address: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(address.replace(/^[a-z+]+:/, 'http:'));
  return { host: hostname, port: Number(port) };
}
