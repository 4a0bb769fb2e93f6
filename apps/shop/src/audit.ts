import '@tillroll/service/program/require-node-24';
import 'reflect-metadata';
import { createTranslator } from '@tillroll/event-bus';
import { readSettings } from '@tillroll/settings';
import { Command } from 'commander';
import { type AuditReport, auditStore } from './audit/audit-store';
import { openAuditedPlace } from './audit/audited-place';
import { publications } from './contexts';
import { endBecauseOf } from '@tillroll/service/program/exit-codes';

const program = new Command('npm run audit --')
  .description('Checks the invariants of the shop over its whole store, beside a running shop too (one that is stopped is judged as of its last event). Reads what EVENTSTORE_URL and MONGODB_URL name, else the data directory. Exits with 1 when one is broken.')
  .option('--data <directory>', 'the data directory (default: DATA_DIR, or ./data)')
  .option('--stopped', 'nothing runs on EVENTSTORE_URL: judged as of its last event, as a data directory that is not in use is')
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
  const { data, json, stopped } = program.parse().opts<{ data?: string; json?: true; stopped?: true }>();
  const place = await openAuditedPlace(readSettings(data === undefined ? process.env : { ...process.env, DATA_DIR: data }));
  let shown = Date.now();
  const report = await auditStore({
    store: place.store,
    readModels: place.readModels,
    translator: createTranslator(publications),
    ...(place.isRunning && stopped !== true ? { now: Date.now() } : {}),
    onProgress({ position, head }) {
      if (json === true || Date.now() - shown < 2_000) return;
      shown = Date.now();
      process.stderr.write(`${Math.floor((100 * position) / Math.max(1, head))} % of ${head} events\n`);
    },
  });
  await place.close();
  if (json === true) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else print(report);
  process.exitCode = report.violations === 0 ? 0 : 1;
}

main().catch(endBecauseOf);
