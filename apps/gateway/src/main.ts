import '@tillroll/service/program/require-node-24';
import 'reflect-metadata';
import { foreignTokens, openOwnTokens } from '@tillroll/http';
import { systemClock } from '@tillroll/kernel';
import { openSharedSecrets } from '@tillroll/service/engines/shared-secrets';
import { runProgram } from '@tillroll/service/program/run-program';
import { readSettings } from '@tillroll/settings';
import { startGateway } from './start-gateway';

runProgram('Tillroll', async () => {
  const settings = readSettings(process.env, { service: { name: 'gateway', port: 3000, needs: ['MONGODB_URL', 'SERVICE_TOKEN'] } });
  const { foreignIssuer, mongodbUrl = '', serviceToken = '' } = settings;
  const verifier = foreignIssuer === undefined ? await openSharedSecrets(mongodbUrl, settings, (secrets) => openOwnTokens(secrets, systemClock)) : foreignTokens(foreignIssuer, systemClock);
  return startGateway({ settings, serviceToken, verifier });
});
