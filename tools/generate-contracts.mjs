// Writes the JSON Schemas, fixtures and AsyncAPI document of the public events.
// usage: node tools/generate-contracts.mjs [--check] [--unreleased]
//   --check       writes nothing; fails when a committed file is not what the contracts say
//   --unreleased  lets schemas break and fixtures change: only before the first release of a version
import { createRequire } from 'node:module';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false }, unreleased: { type: 'boolean', default: false } } });
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
require('./run-from-source.cjs');
const { generatedFiles } = require('@tillroll/contracts/documents/documents');
const { breakingChanges } = require('@tillroll/contracts/documents/breaking-changes');
const { version } = require('../package.json');

const read = (path) => readFile(join(root, path), 'utf8').catch(() => undefined);

const faults = [];
const toWrite = [];
const files = generatedFiles(version);
for (const { path, text, kind } of files) {
  const committed = await read(path);
  if (committed === text) continue;
  if (committed === undefined || values.unreleased || kind === 'document') toWrite.push({ path, text });
  else if (kind === 'schema') {
    const broken = breakingChanges(JSON.parse(committed), JSON.parse(text));
    if (broken.length > 0) faults.push(`${path}: a released version may only gain optional fields; make a new version\n  ${broken.join('\n  ')}`);
    else toWrite.push({ path, text });
  }
}
const generated = new Set(files.map(({ path }) => path));
const gone = [];
for (const folder of ['libs/contracts/schemas', 'libs/contracts/fixtures'])
  for (const entry of await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.parentPath.slice(join(root, folder).length), entry.name);
    if (entry.isFile() && !generated.has(path)) gone.push(path);
  }
for (const path of gone)
  if (values.unreleased) await rm(join(root, path));
  else if (path.startsWith('libs/contracts/schemas')) faults.push(`${path}: a released event has lost its contract`);

if (values.check) faults.push(...toWrite.map(({ path }) => `${path}: not what the contracts say; run node tools/generate-contracts.mjs`));
else
  for (const { path, text } of toWrite) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    console.log(`wrote ${path}`);
  }
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
