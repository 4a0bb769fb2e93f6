// Writes docs/openapi.json from the code, or compares it.
// usage: node tools/generate-openapi.mjs [--check]     (after npm run build)
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
require('reflect-metadata');
const { readSettings } = require('@tillroll/settings');
const { startShop } = require('@tillroll/shop');

const file = resolve(fileURLToPath(import.meta.url), '../../docs/openapi.json');
const directory = await mkdtemp(join(tmpdir(), 'tillroll-openapi-'));
const shop = await startShop({ settings: readSettings({ DATA_DIR: directory, PORT: '0', DEMO: 'off', LOG_LEVEL: 'silent', ADMIN_PASSWORD: 'only for this moment' }) });
const document = await (await fetch(`${shop.url}/openapi.json`)).json();
await shop.stop();
await rm(directory, { recursive: true });

const text = `${JSON.stringify(document, null, 2)}\n`;
if (!process.argv.includes('--check')) await writeFile(file, text);
else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
  process.stderr.write('docs/openapi.json is not what the code says: run node tools/generate-openapi.mjs and look at the difference\n');
  process.exitCode = 1;
}
