import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new empty directory; `remove` deletes it with its content. */
export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'tillroll-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
