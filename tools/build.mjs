// Compiles the TypeScript sources of every workspace project into its dist/, only what changed.
// usage: node tools/build.mjs [project folder...]
import { transformFile } from '@swc/core';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const projects = process.argv.length > 2 ? process.argv.slice(2).map((p) => resolve(p)) : await allProjects();

async function allProjects() {
  const found = [];
  for (const group of ['libs', 'apps'])
    for (const name of await readdir(join(root, group))) found.push(join(root, group, name));
  return found;
}

const modified = async (file) => (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;

async function buildProject(project) {
  const source = join(project, 'src');
  const target = join(project, 'dist');
  const configured = Math.max(await modified(join(root, '.swcrc')), await modified(fileURLToPath(import.meta.url)));
  const wanted = new Set();
  const entries = await readdir(source, { recursive: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.endsWith('.ts') || entry.endsWith('.d.ts') || /\.(spec|test)\.ts$/.test(entry)) continue;
    const from = join(source, entry);
    const to = join(target, entry.replace(/\.ts$/, '.js'));
    wanted.add(relative(target, to));
    if ((await modified(to)) > Math.max(await modified(from), configured)) continue;
    const { code, map } = await transformFile(from, { configFile: join(root, '.swcrc'), cwd: root });
    await mkdir(dirname(to), { recursive: true });
    await writeFile(`${to}.map`, map);
    await writeFile(to, `${code}\n//# sourceMappingURL=${to.split('/').pop()}.map\n`);
  }
  for (const stale of await readdir(target, { recursive: true }).catch(() => []))
    if (stale.endsWith('.js') && !wanted.has(stale)) await rm(join(target, stale));
}

await Promise.all(projects.map(buildProject));
