import type { EmbeddedEngine } from '@tillroll/event-store';
import type { HealthPart } from '@tillroll/http';

/** Really writes: a transaction that changes nothing also succeeds on a full disk. */
export function canWrite(engine: EmbeddedEngine): HealthPart['check'] {
  engine.define('CREATE TABLE IF NOT EXISTS write_probe (one INTEGER PRIMARY KEY CHECK (one = 1), writes INTEGER NOT NULL) STRICT');
  const probe = engine.prepare('INSERT INTO write_probe VALUES (1, 1) ON CONFLICT DO UPDATE SET writes = writes + 1');
  return async () => {
    await engine.write(() => probe.run());
    return { status: 'up' };
  };
}
