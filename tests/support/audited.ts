import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import type { EngineAddresses } from './service-processes';

const AUDIT = resolve(__dirname, '../../apps/shop/dist/audit.js');

/** Throws what `npm run audit` prints when an invariant is broken in the data directory, or on the engines. */
export const audited = (kept: string | EngineAddresses): Promise<void> =>
  new Promise((clean, broken) => {
    const where = typeof kept === 'string' ? { DATA_DIR: kept } : kept;
    execFile(process.execPath, [AUDIT], { env: { PATH: process.env['PATH'], ...where } }, (error, stdout, stderr) => {
      if (error === null) clean();
      else broken(new Error(`the audit of ${typeof kept === 'string' ? kept : 'the engines'} ended with ${String(error.code)}:\n${stdout}${stderr}`));
    });
  });
