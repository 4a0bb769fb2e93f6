import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { ADMIN } from '../support/shop-client';
import { startShopProcess, temporaryDataDirectory } from '../support/shop-process';

const MAIN = resolve(__dirname, '../../apps/shop/dist/main.js');
const QUIET = { PORT: '0', DEMO: 'off', RATE_LIMIT: 'off', LOG_LEVEL: 'warn', ADMIN_PASSWORD: ADMIN.password };

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Starts a shop that cannot, and resolves with how it ended. */
function failingStart(settings: Readonly<Record<string, string>>, wrapper: readonly string[] = []): Promise<Ended> {
  const [program = '', ...args] = [...wrapper, process.execPath, MAIN];
  return new Promise((done) => {
    const child = execFile(program, args, { env: { PATH: process.env['PATH'], ...QUIET, ...settings } }, (_error, stdout, stderr) => done({ code: child.exitCode, output: stdout + stderr }));
  });
}

/** For root: with its privilege to write what nobody may write taken away. */
const asOthers = process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-dac_override'] : [];

describe('a shop that cannot start says why in one line, with a code of its own', () => {
  const data = temporaryDataDirectory();
  const other = createServer();
  afterAll(() => {
    other.close();
    data.remove();
  });

  it('when another process has the data directory; that one goes on', async () => {
    const first = await startShopProcess(data.path);
    const second = await failingStart({ DATA_DIR: data.path });
    expect(second).toEqual({ code: 75, output: `the data directory ${data.path} is in use by another process\n` });
    await first.client.signIn(ADMIN.email, ADMIN.password);
    expect(await first.kill('SIGTERM')).toBe(0);
  });

  it('when the port is taken; the data directory is free again', async () => {
    const port = await new Promise<number>((listening) => other.listen(0, '127.0.0.1', () => listening((other.address() as { port: number }).port)));
    expect(await failingStart({ DATA_DIR: data.path, PORT: String(port) })).toEqual({
      code: 69,
      output: `the port ${port} on 127.0.0.1 is taken: set PORT to another one, or to 0 for any free one\n`,
    });
    await new Promise((closed) => other.close(closed));
    const shop = await startShopProcess(data.path, { PORT: String(port) });
    expect(shop.client.url).toBe(`http://127.0.0.1:${port}`);
    expect(await shop.kill('SIGTERM')).toBe(0);
  });

  it('when it may not write into the data directory', async () => {
    const nobodys = join(data.path, 'nobodys');
    mkdirSync(nobodys);
    chmodSync(nobodys, 0o555);
    for (const directory of [nobodys, join(nobodys, 'inner')]) {
      const { code, output } = await failingStart({ DATA_DIR: directory }, asOthers);
      expect(code).toBe(74);
      expect(output).toMatch(new RegExp(`^[^\n]*${directory}[^\n]*\n$`));
    }
    expect(readdirSync(nobodys)).toEqual([]);
  });

  it('when it may not write the files that are there, and starts again when it may', async () => {
    const directory = join(data.path, 'kept');
    const shop = await startShopProcess(directory);
    await shop.kill('SIGTERM');
    const files = readdirSync(directory, { recursive: true, withFileTypes: true });
    const setMode = (file: number, folder: number) => {
      for (const entry of files) chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? folder : file);
      chmodSync(directory, folder);
    };
    setMode(0o444, 0o555);
    const { code, output } = await failingStart({ DATA_DIR: directory }, asOthers);
    expect(code).toBe(74);
    expect(output).toMatch(new RegExp(`^[^\n]*${directory}[^\n]*\n$`));
    setMode(0o644, 0o755);
    const again = await startShopProcess(directory);
    await again.client.signIn(ADMIN.email, ADMIN.password);
    expect(await again.kill('SIGTERM')).toBe(0);
  });
});
