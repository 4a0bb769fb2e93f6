import '@tillroll/service/program/require-node-24';
import 'reflect-metadata';
import { announceOnOutput } from '@tillroll/service/first-start/prepare';
import { runProgram } from '@tillroll/service/program/run-program';
import { readSettings } from '@tillroll/settings';
import { startShop } from './start-shop';

runProgram('Tillroll', () => {
  const settings = readSettings(process.env);
  return startShop({ settings, announcePassword: announceOnOutput(settings) });
});
