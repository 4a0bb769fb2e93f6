import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

const AUDIT = resolve(__dirname, '../../apps/shop/dist/audit.js');

/** Throws what `npm run audit` prints when an invariant is broken in the data directory. */
export const audited = (directory: string): Promise<void> =>
  new Promise((clean, broken) => {
    execFile(process.execPath, [AUDIT, '--data', directory], { env: { PATH: process.env['PATH'] } }, (error, stdout, stderr) => {
      if (error === null) clean();
      else broken(new Error(`the audit of ${directory} ended with ${String(error.code)}:\n${stdout}${stderr}`));
    });
  });
