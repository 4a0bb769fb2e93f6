import { createLog } from '@tillroll/http';
import { systemClock } from '@tillroll/kernel';
import { openMongo, openMongoSecretStore } from '@tillroll/mongodb';
import type { SecretStore } from '@tillroll/secrets';
import type { Settings } from '@tillroll/settings';
import { untilReachable } from './until-reachable';

const WAIT_MS = 2_000;

/** What a process without any other engine takes from the secrets of the shop, once; waits for them. */
export async function openSharedSecrets<T>(mongodbUrl: string, settings: Pick<Settings, 'logLevel' | 'logFormat'>, take: (secrets: SecretStore) => Promise<T>): Promise<T> {
  const waiting = { clock: systemClock, log: createLog(settings) };
  const connection = await untilReachable('MongoDB', () => openMongo({ url: mongodbUrl, waitMs: WAIT_MS }), waiting);
  try {
    return await untilReachable('MongoDB', () => take(openMongoSecretStore(connection)), waiting);
  } finally {
    await connection.close();
  }
}
