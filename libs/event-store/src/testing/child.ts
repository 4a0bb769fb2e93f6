import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

const PRELOAD = resolve(__dirname, '../../../../tools/run-from-source.cjs');

export interface Child {
  readonly process: ChildProcess;
  /** What the program prints, line by line; ends with the program. */
  readonly lines: AsyncIterableIterator<string>;
  /** Resolves with the exit code, or the name of the signal. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** Runs a TypeScript file of this repository in a process of its own. `limit`: its largest file, in KiB. */
export function startChild(file: string, args: readonly string[], options: { readonly limit?: number } = {}): Child {
  const command = [process.execPath, '--require', PRELOAD, file, ...args];
  const limited = ['sh', '-c', `trap '' XFSZ; ulimit -f ${(options.limit ?? 0) * 2}; exec "$@"`, 'sh', ...command];
  const [program = '', ...rest] = options.limit === undefined ? command : limited;
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
  running.add(child);
  child.on('close', () => running.delete(child));
  return {
    process: child,
    lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    ended: new Promise((done) => child.on('close', (code, signal) => done(code ?? signal))),
  };
}

/** For `afterEach`: a test that failed halfway leaves no process behind. */
export async function killChildren(): Promise<void> {
  await Promise.all([...running].map((child) => new Promise((closed) => child.on('close', closed).kill('SIGKILL'))));
}

const running = new Set<ChildProcess>();
