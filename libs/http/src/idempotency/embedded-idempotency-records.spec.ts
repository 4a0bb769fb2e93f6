import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedEngine } from '@tillroll/event-store';
import { createPersonalData, openEmbeddedSecretStore } from '@tillroll/secrets';
import { VirtualClock } from '@tillroll/testing';
import { idempotencyRecordsContract } from '../testing/idempotency-records-contract';
import { EmbeddedIdempotencyRecords } from './embedded-idempotency-records';

idempotencyRecordsContract('the embedded engine', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'idempotency-'));
  const engine = EmbeddedEngine.open({ directory });
  const clock = new VirtualClock();
  const personalData = createPersonalData(openEmbeddedSecretStore(engine));
  return {
    clock,
    personalData,
    open: async () => new EmbeddedIdempotencyRecords(engine, personalData, clock),
    settle: () => engine.write(() => undefined),
    async close() {
      await engine.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
});
