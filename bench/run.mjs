// npm run bench -- --help
import { Command, Option } from 'commander';
import { distributedHttp, http } from './rows/http.mjs';
import { inProcess } from './rows/in-process.mjs';
import { kafka } from './rows/kafka.mjs';
import { operational } from './rows/operations.mjs';

const TOPOLOGIES = { embedded: [...http, ...inProcess, ...operational], distributed: [...distributedHttp, ...kafka] };
const names = Object.entries(TOPOLOGIES).map(([topology, rows]) => `${topology}: ${rows.map(({ name }) => name).join(', ')}`);
const program = new Command('npm run bench --')
  .description('Measures the shop on this machine, the load generator on the same cores, each figure in turns with its reference.')
  .option('--only <rows>', `some rows, by name; ${names.join('; ')}`)
  .addOption(new Option('--topology <name>', 'one process on the embedded store, or separate services on the engines').choices(Object.keys(TOPOLOGIES)).default('embedded'))
  .option('--seconds <n>', 'of each measurement', Number, 8)
  .option('--rounds <n>', 'of each row and its reference; the median counts', Number, 3)
  .option('--events <n>', 'for the rebuild', Number, 1_000_000)
  .option('--orders <n>', 'for start, idle CPU and memory', Number, 5_000)
  .option('--list', 'names the rows and their targets')
  .option('--json', 'prints the figures as JSON');
const options = program.parse().opts();
const rows = TOPOLOGIES[options.topology];

const number = (value) => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2));
const show = ({ value, unit, p99, cpuMs, reference, ratio, referenceCpuMs, detail }) =>
  [
    `${number(value)}${unit}`,
    ...(p99 === undefined ? [] : [`p99 ${number(p99)} ms`]),
    ...(cpuMs === undefined ? [] : [`${number(cpuMs)} ms CPU each`]),
    ...(ratio === undefined ? [] : [`${number(100 * ratio)} % of ${number(reference)}/s${referenceCpuMs === undefined ? '' : ` (${number(referenceCpuMs)} ms CPU each)`}`]),
    ...(detail === undefined ? [] : [JSON.stringify(detail)]),
  ].join(', ');

const wanted = options.only?.split(',') ?? rows.map(({ name }) => name);
const unknown = wanted.filter((name) => !rows.some((row) => row.name === name));
if (unknown.length > 0) program.error(`there is no row ${unknown.join(', ')}; see --list`);

const figures = [];
for (const { name, what, target, run } of rows.filter((row) => wanted.includes(row.name))) {
  if (options.list) {
    process.stdout.write(`${name.padEnd(11)} ${what}\n            ${target}\n`);
    continue;
  }
  process.stderr.write(`${name}: ${what}\n`);
  const measured = await run({ ...options, onProgress: (text) => process.stderr.write(`  ${text}\n`) });
  figures.push({ name, what, target, ...measured });
  if (!options.json) process.stdout.write(`${name.padEnd(11)} ${show(measured)}\n            to reach: ${target}\n`);
}
if (options.json && !options.list) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
process.exit(0);
