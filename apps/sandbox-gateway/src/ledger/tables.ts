import type { EmbeddedEngine } from '@tillroll/event-store/embedded/engine';

/** `sandbox_webhooks` holds only what is still to be delivered; its numbers are never used again. */
export function defineTables(engine: EmbeddedEngine): void {
  engine.define(`
    CREATE TABLE IF NOT EXISTS sandbox_intents (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      key TEXT NOT NULL UNIQUE,
      order_id TEXT NOT NULL,
      wakes_at INTEGER,
      state TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS sandbox_intents_of_order ON sandbox_intents (order_id, number);
    CREATE INDEX IF NOT EXISTS sandbox_intents_awake ON sandbox_intents (wakes_at) WHERE wakes_at IS NOT NULL;
    CREATE TABLE IF NOT EXISTS sandbox_refunds (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      key TEXT NOT NULL UNIQUE,
      intent_id TEXT NOT NULL,
      state TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS sandbox_webhooks (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
  `);
}
