import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedEngine } from '@tillroll/event-store/embedded/engine';

/** An engine on a directory of its own. */
export async function temporaryEngine(): Promise<{ readonly engine: EmbeddedEngine; close(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'tillroll-bus-'));
  const engine = EmbeddedEngine.open({ directory });
  return {
    engine,
    async close() {
      await engine.close();
      await rm(directory, { recursive: true });
    },
  };
}
