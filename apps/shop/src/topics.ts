import '@tillroll/service/program/require-node-24';
import { parseKafkaBrokers } from '@tillroll/event-bus/kafka/kafka-address';
import { openKafkaClient } from '@tillroll/event-bus/kafka/kafka-client';
import { createTopics } from '@tillroll/event-bus/kafka/topics';
import { endBecauseOf } from '@tillroll/service/program/exit-codes';
import { publications } from '@tillroll/service/publications';
import { InvalidSettings, readSettings } from '@tillroll/settings';

/** Creates the topics of all contexts, or says how those that are there differ. Safe to run at any time. */
async function main(): Promise<void> {
  const { kafka } = readSettings(process.env);
  if (kafka === undefined) throw new InvalidSettings([{ setting: 'KAFKA_BROKERS', given: undefined, allowed: 'the brokers on which the topics are to be' }]);
  const { brokers, partitions, replication } = kafka;
  const warn = (details: object, message: string) => void process.stderr.write(`${message} ${JSON.stringify(details)}\n`);
  const client = openKafkaClient({ address: parseKafkaBrokers(brokers), clientId: 'tillroll-topics', logger: { warn, error: warn } });
  const { created } = await createTopics({ kafka: client, contexts: publications.map(({ context }) => context), partitions, replication });
  process.stdout.write(created.length === 0 ? 'all topics are there\n' : `created ${created.join(', ')}\n`);
}

main().then(() => process.exit(0), endBecauseOf);
