// Lets a child process of a test run TypeScript from source: node --require tools/run-from-source.cjs file.ts
const { transformSync } = require('@swc/core');
const { existsSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const { join, resolve } = require('node:path');

const root = resolve(__dirname, '..');
const { sourceMaps, ...options } = JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8'));

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), { ...options, filename, swcrc: false, sourceMaps: 'inline' });
  module._compile(code, filename);
};

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const [, name, inner = 'index'] = /^@tillroll\/([^/]+)(?:\/(.+))?$/.exec(request) ?? [];
  if (name === undefined) return resolveFilename.call(this, request, ...rest);
  const source = ['libs', 'apps'].map((group) => join(root, group, name, 'src', `${inner}.ts`)).find(existsSync);
  return resolveFilename.call(this, source ?? request, ...rest);
};
