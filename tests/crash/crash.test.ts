import { anySeed } from '../support/seeded-random';
import { temporaryDataDirectory } from '../support/shop-process';
import { crashRounds } from './crash-rounds';

/**
 * Kills the shop (`kill -9`) at random moments under load, also while it starts. `npm run test:crash -- --rounds 200` does it
 * more often and shows how far it is; both take CRASH_ROUNDS (default: 20) and CRASH_SEED from the environment. A seed
 * repeats what is drawn; when exactly the process dies is up to the machine.
 */
const rounds = Number(process.env['CRASH_ROUNDS'] ?? 20);
const seed = Number(process.env['CRASH_SEED'] ?? anySeed());
const showsProgress = process.env['CRASH_PROGRESS'] === 'on';

/** For a slow machine with other work to do. */
const LONGEST_ROUND_MS = 60_000;

describe('a shop that is killed again and again', () => {
  it(
    'keeps every acknowledged write, gives no key two orders, and neither loses nor doubles money or stock',
    async () => {
      const directory = temporaryDataDirectory();
      const began = Date.now();
      process.stderr.write(`crash rounds: ${rounds}, seed ${seed}\n`);
      try {
        await crashRounds({
          directory: directory.path,
          rounds,
          seed,
          onRound: ({ round, kills, killsDuringStart, writes, repeated, orders }) => {
            if (showsProgress) process.stderr.write(`round ${round} of ${rounds}: ${kills} kills and ${killsDuringStart} during a start, ${writes} writes, ${repeated} repeated, ${orders} orders, ${Math.round((Date.now() - began) / 1_000)} s\n`);
          },
        });
      } catch (error) {
        process.stderr.write(`failed with CRASH_SEED=${seed}; what the shop kept is in ${directory.path}\n`);
        throw error;
      }
      directory.remove();
    },
    rounds * LONGEST_ROUND_MS,
  );
});
