import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Brokers, startBrokers } from '../../../../scripts/engines/kafka.mjs';
import type { BusLogger } from '../logger';
import { keys } from '../testing/happenings';
import { RecordingConsumer } from '../testing/recording-consumer';
import { parseKafkaBrokers } from './kafka-address';
import { openKafkaClient } from './kafka-client';
import { type KafkaInstances, kafkaInstances } from './testing/kafka-instances';

const PASSWORD = 'p@ss-word';

describe('brokers that ask for TLS and credentials', () => {
  let directory: string;
  let cluster: Brokers;
  let address: string;
  let instances: KafkaInstances | undefined;
  const logged: unknown[] = [];
  const keep = (details: object, message: string) => void logged.push(details, message);
  const logger: BusLogger = { warn: keep, error: keep };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tillroll-secured-'));
    cluster = await startBrokers({ directory, user: 'shop', password: PASSWORD });
    address = cluster.securedAddress ?? '';
  }, 180_000);
  afterAll(async () => {
    await instances?.remove();
    await cluster.stop();
    await rm(directory, { recursive: true });
  }, 60_000);

  it('are reached by their address', async () => {
    instances = await kafkaInstances({ brokers: address, logger });
    const consumer = new RecordingConsumer('sample.consumer');
    const bus = await instances.startBus([consumer]);
    instances.startRelay();
    const last = await instances.happenings.happenEverywhere(keys(5), 4);
    expect(await bus.caughtUp(last, { timeoutMs: 30_000 })).toBe(true);
    expect(consumer.seen).toHaveLength(20);
  });

  it.each([
    ['a wrong password', () => address.replace(encodeURIComponent(PASSWORD), 'wrong'), /Authentication failed/],
    ['a certificate that nobody believes', () => address.replace(/\?ca=.*/, ''), /self.signed/i],
  ])('refuse %s, and nobody reads the password in the log', async (_, given, why) => {
    const admin = openKafkaClient({ address: parseKafkaBrokers(given()), clientId: 'stranger', logger }).admin({ retry: { retries: 0 } });
    await expect(admin.connect()).rejects.toThrow(why);
    await admin.disconnect();
    expect(JSON.stringify(logged)).not.toContain(PASSWORD);
    expect(JSON.stringify(logged)).not.toContain('wrong');
  });
});
