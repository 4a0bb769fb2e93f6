import '@tillroll/service/program/require-node-24';
import 'reflect-metadata';
import { createTranslator } from '@tillroll/event-bus';
import { consumersOf } from '@tillroll/event-bus/nest/consumers-of';
import { OtherEventThere } from '@tillroll/event-store';
import { systemClock } from '@tillroll/kernel';
import { endBecauseOf } from '@tillroll/service/program/exit-codes';
import { InvalidSettings, readSettings } from '@tillroll/settings';
import { Command } from 'commander';
import { contexts, publications } from './contexts';
import { MoveRefused } from './migrate/move-refused';
import { moveShop } from './migrate/move-shop';
import { progressLines } from './migrate/progress';
import { shownResult } from './migrate/show-result';
import { openSource } from './migrate/source';
import { openTarget, type TargetAddresses } from './migrate/target';

const REFUSED = 65;

const program = new Command('npm run migrate --')
  .description(
    'Moves a stopped shop from its data directory to other engines: copies every event, reads all back and compares, then secrets, personal-data keys, idempotency records and positions. The directory is not changed. Can be repeated after any end; a finished move is not made twice.',
  )
  .option('--from <directory>', 'the data directory of the shop (default: DATA_DIR, or ./data)')
  .option('--to <address>', 'the event store: esdb://… or an empty directory (default: EVENTSTORE_URL)')
  .option('--mongodb <address>', 'where secrets, keys and records go: mongodb://… (default: MONGODB_URL)')
  .option('--keep <directory>', 'where they go instead of, or beside, MongoDB: the new DATA_DIR of a shop that keeps the rest in a file')
  .option('--dry-run', 'reads both sides, writes nothing, and says what it would do')
  .option('--json', 'the result as JSON');

interface Given {
  readonly from?: string;
  readonly to?: string;
  readonly mongodb?: string;
  readonly keep?: string;
  readonly dryRun?: true;
  readonly json?: true;
}

/** Throws `InvalidSettings` for what is missing or malformed. */
function addressesOf({ from, to, mongodb, keep }: Given): TargetAddresses {
  const isDirectory = to !== undefined && !to.includes('://');
  const { dataDirectory, eventStoreUrl, mongodbUrl } = readSettings({
    ...process.env,
    ...(from === undefined ? {} : { DATA_DIR: from }),
    ...(to === undefined || isDirectory ? {} : { EVENTSTORE_URL: to }),
    ...(mongodb === undefined ? {} : { MONGODB_URL: mongodb }),
  });
  const missing = (setting: string, allowed: string): never => {
    throw new InvalidSettings([{ setting, given: undefined, allowed }]);
  };
  if (!isDirectory && eventStoreUrl === undefined) return missing('EVENTSTORE_URL', 'an address, here or as --to: where the shop is to be moved');
  // A directory takes everything; MongoDB only where it is asked for.
  const documents = isDirectory ? mongodb && mongodbUrl : mongodbUrl;
  if (!isDirectory && documents === undefined && keep === undefined)
    return missing('MONGODB_URL', 'an address, here or as --mongodb, or a directory as --keep: secrets, keys and records have to go somewhere');
  return { from: dataDirectory, directory: isDirectory ? to : undefined, eventStoreUrl, mongodbUrl: documents, keepDirectory: keep };
}

async function main(): Promise<void> {
  const given = program.parse().opts<Given>();
  const addresses = addressesOf(given);
  const consumers = consumersOf(contexts.map(({ module }) => module));
  // Pauses between attempts alone would not keep the process alive.
  const alive = setInterval(() => undefined, 60_000);
  await using closing = new AsyncDisposableStack();
  closing.defer(() => clearInterval(alive));
  const source = await openSource(addresses.from, consumers.keys());
  closing.defer(() => source.close());
  const dryRun = given.dryRun === true;
  const target = await openTarget(addresses, { clock: systemClock, dryRun, closing });
  const result = await moveShop({
    source,
    target,
    places: target.places,
    placeNames: target.placeNames,
    translator: createTranslator(publications),
    consumers,
    clock: systemClock,
    dryRun,
    progress: progressLines((line) => void process.stderr.write(`${line}\n`)),
  });
  process.stdout.write(given.json === true ? `${JSON.stringify(result, null, 2)}\n` : `${shownResult(result).join('\n')}\n`);
}

main().catch((error: unknown) => {
  if (!(error instanceof MoveRefused || error instanceof OtherEventThere)) return endBecauseOf(error);
  process.stderr.write(`${error.message}\n`);
  process.exitCode = REFUSED;
});
