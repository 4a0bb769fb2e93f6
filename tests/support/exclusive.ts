import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LOOK_AGAIN_MS = 200;

/** Waits until no other process has what the name stands for, and keeps it until the returned function is called or this process ends. */
export async function exclusive(name: string): Promise<() => void> {
  const lock = join(tmpdir(), `tillroll-lock-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`);
  const owner = join(lock, 'pid');
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(owner, String(process.pid));
      return () => rmSync(lock, { recursive: true, force: true });
    } catch {
      if (!isAlive(owner)) rmSync(lock, { recursive: true, force: true });
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }
}

function isAlive(owner: string): boolean {
  try {
    const pid = Number(readFileSync(owner, 'utf8'));
    return pid === 0 || process.kill(pid, 0);
  } catch (error) {
    // It is being made just now.
    return (error as { readonly code?: string }).code === 'ENOENT';
  }
}
