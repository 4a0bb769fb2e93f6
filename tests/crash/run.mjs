// Kills the shop again and again under load, and checks each time what it kept. See crash.test.ts.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const HELP = `usage: npm run test:crash -- [--rounds <n>] [--seed <n>]

Starts the shop, lets several customers and its owner work, kills it (kill -9) at a random
moment, starts it again on the same data, and checks that it has kept everything that it
acknowledged, no more and no less.

  --rounds <n>   how often it is killed under load (default: 200); a round takes some seconds
  --seed <n>     draws what was drawn in a run that printed this seed
  --help         this text
`;

function wholeNumber(name, text) {
  if (text === undefined || /^\d{1,10}$/.test(text)) return text;
  process.stderr.write(`--${name} takes a whole number, not ${text}\n`);
  process.exit(64);
}

function optionsGiven() {
  try {
    return parseArgs({ options: { rounds: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } } }).values;
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${HELP}`);
    process.exit(64);
  }
}

const given = optionsGiven();
if (given.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const rounds = wholeNumber('rounds', given.rounds) ?? '200';
const seed = wholeNumber('seed', given.seed);

const root = resolve(import.meta.dirname, '../..');
const jest = spawn(process.execPath, ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', 'tests/crash'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, CRASH_ROUNDS: rounds, CRASH_PROGRESS: 'on', ...(seed === undefined ? {} : { CRASH_SEED: seed }) },
});
jest.once('exit', (code) => process.exit(code ?? 1));
