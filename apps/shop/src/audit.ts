import '@tillroll/service/program/require-node-24';
import 'reflect-metadata';
import { createTranslator } from '@tillroll/event-bus';
import { EmbeddedEngine, isDirectoryInUse, openEmbeddedEventStore } from '@tillroll/event-store';
import { openReadModelsBeside } from '@tillroll/read-models';
import { readSettings } from '@tillroll/settings';
import { Command } from 'commander';
import { type AuditReport, auditStore } from './audit/audit-store';
import { publications } from './contexts';
import { endBecauseOf } from '@tillroll/service/program/exit-codes';

const program = new Command('npm run audit --')
  .description('Checks the invariants of the shop over its whole store, beside a running shop too (one that is stopped is judged as of its last event). Exits with 1 when one is broken.')
  .option('--data <directory>', 'the data directory (default: DATA_DIR, or ./data)')
  .option('--json', 'the report as JSON');

function print({ events, invariants, violations }: AuditReport): void {
  process.stdout.write(`${events} events read, every checksum verified\n\n`);
  for (const { invariant, promise, checked, violations: found } of invariants) {
    process.stdout.write(`${found.length === 0 ? 'kept  ' : 'BROKEN'} ${invariant}. ${promise} (${checked} checked)\n`);
    for (const { message, streams } of found) process.stdout.write(`         ${message}: ${streams.join(', ')}\n`);
  }
  process.stdout.write(violations === 0 ? '\nEvery invariant is kept.\n' : `\n${violations} violations.\n`);
}

async function main(): Promise<void> {
  const { data, json } = program.parse().opts<{ data?: string; json?: true }>();
  const { dataDirectory } = readSettings(data === undefined ? process.env : { ...process.env, DATA_DIR: data });
  const engine = EmbeddedEngine.open({ directory: dataDirectory, readOnly: true });
  engine.verify();
  let shown = Date.now();
  const report = await auditStore({
    store: openEmbeddedEventStore({ engine }),
    readModels: openReadModelsBeside(engine),
    translator: createTranslator(publications),
    ...(isDirectoryInUse(dataDirectory) ? { now: Date.now() } : {}),
    onProgress({ position, head }) {
      if (json === true || Date.now() - shown < 2_000) return;
      shown = Date.now();
      process.stderr.write(`${Math.floor((100 * position) / Math.max(1, head))} % of ${head} events\n`);
    },
  });
  await engine.close();
  if (json === true) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else print(report);
  process.exitCode = report.violations === 0 ? 0 : 1;
}

main().catch(endBecauseOf);
