import '@tillroll/service/program/require-node-24';
import 'reflect-metadata';
import { runProgram } from '@tillroll/service/program/run-program';
import { readSettings } from '@tillroll/settings';
import { startShop } from './start-shop';

runProgram('Tillroll', () => {
  const settings = readSettings(process.env);
  const announcePassword = (password: string): void =>
    void process.stdout.write(`The admin account is ${settings.adminEmail} with the password ${password} (shown only now)\n`);
  return startShop({ settings, announcePassword });
});
