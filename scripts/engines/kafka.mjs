// A real Apache Kafka (KRaft) from its Maven artifacts, on the loopback interface.
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CACHE, freePorts, isListening, logOf, run, startDetached, stopProcesses, untilAnswering } from './processes.mjs';

export const name = 'kafka';
export const setting = 'KAFKA_BROKERS';
export const title = 'Apache Kafka';

const POM = join(dirname(fileURLToPath(import.meta.url)), 'kafka/pom.xml');
const LIBRARIES = join(CACHE, 'kafka-4.1.2');

/** Downloads the broker when it is not there yet. Needs Maven, and Java 17 or newer. */
export async function install({ onProgress = () => undefined } = {}) {
  if ((await readdir(LIBRARIES).catch(() => [])).length > 0) return;
  onProgress('Maven resolves the broker');
  const partial = `${LIBRARIES}.${process.pid}`;
  try {
    await run('mvn', ['-q', '-B', '-f', POM, 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${partial}`]);
    await rename(partial, LIBRARIES);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/**
 * One broker, or several that replicate; each can be killed and started again on its data. Topics are never created
 * implicitly. With `user` and `password` each also listens with TLS and asks for them: `securedAddress` leads there.
 */
export async function startBrokers({ directory, nodes = 1, user, password, onProgress = () => undefined }) {
  await install({ onProgress });
  await mkdir(directory, { recursive: true });
  const ports = await freePorts(nodes * 3);
  const members = Array.from({ length: nodes }, (_, i) => ({ id: i + 1, port: ports[3 * i], controller: ports[3 * i + 1], secured: ports[3 * i + 2] }));
  const cluster = randomBytes(16).toString('base64url');
  const security = user === undefined ? undefined : { user, password, ...(await certificate(directory)) };
  const brokers = await Promise.all(members.map((member) => prepare(member, members, cluster, directory, security)));
  onProgress(`starting ${nodes === 1 ? 'a broker' : `${nodes} brokers`}`);
  await Promise.all(brokers.map((broker) => broker.start()));
  return {
    address: members.map(({ port }) => `127.0.0.1:${port}`).join(','),
    securedAddress: security && `kafka+ssl://${user}:${encodeURIComponent(password)}@${members.map(({ secured }) => `127.0.0.1:${secured}`).join(',')}?ca=${security.ca}`,
    brokers,
    stop: () => stopProcesses(brokers.map(({ pid }) => pid)),
  };
}

export async function start({ directory, onProgress }) {
  const { address, brokers } = await startBrokers({ directory, onProgress });
  return { address, pids: brokers.map(({ pid }) => pid) };
}

export async function isAnswering(address) {
  const hosts = address.replace(/^[^/]*:\/\//, '').replace(/^.*@/, '').split(',');
  for (const host of hosts) {
    const { hostname, port } = new URL(`tcp://${host}`);
    if (await isListening(Number(port || 9092), hostname)) return true;
  }
  return false;
}

/** The broker's own image. */
export const container = (port) => ({
  image: 'apache/kafka:4.1.2',
  port,
  address: `127.0.0.1:${port}`,
  environment: {
    KAFKA_NODE_ID: 1,
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_LISTENERS: `PLAINTEXT://:${port},CONTROLLER://:9093`,
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1,
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1,
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1,
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: 0,
    KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: 1_000,
  },
});

async function prepare({ id, port, controller, secured }, members, cluster, directory, security) {
  const place = join(directory, `node-${id}`);
  const properties = join(directory, `node-${id}.properties`);
  const log = logOf(directory, `node-${id}`);
  const replication = Math.min(3, members.length);
  await mkdir(place, { recursive: true });
  await writeFile(properties, Object.entries({
    'process.roles': 'broker,controller',
    'node.id': id,
    'controller.quorum.voters': members.map((member) => `${member.id}@127.0.0.1:${member.controller}`).join(','),
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': place,
    'auto.create.topics.enable': false,
    'offsets.topic.num.partitions': 8,
    'offsets.topic.replication.factor': replication,
    'transaction.state.log.num.partitions': 8,
    'transaction.state.log.replication.factor': replication,
    'transaction.state.log.min.isr': Math.max(1, replication - 1),
    'share.coordinator.state.topic.replication.factor': replication,
    'share.coordinator.state.topic.min.isr': Math.max(1, replication - 1),
    'default.replication.factor': replication,
    'min.insync.replicas': Math.max(1, replication - 1),
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    'controlled.shutdown.enable': members.length > 1,
    ...(security === undefined ? {} : {
      listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller},SECURED://127.0.0.1:${secured}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},SECURED://127.0.0.1:${secured}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURED:SASL_SSL',
      'ssl.keystore.type': 'PKCS12',
      'ssl.keystore.location': security.keystore,
      'ssl.keystore.password': security.storePassword,
      'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
      'listener.name.secured.scram-sha-512.sasl.jaas.config': 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    }),
  }).map(([key, value]) => `${key}=${value}\n`).join(''));
  const scram = security === undefined ? [] : ['--add-scram', `SCRAM-SHA-512=[name=${security.user},password=${security.password}]`];
  await java('kafka.tools.StorageTool', ['format', '--cluster-id', cluster, '--config', properties, ...scram], run);
  const broker = {
    id,
    port,
    pid: 0,
    async start() {
      broker.pid = await java('kafka.Kafka', [properties], (command, args) => startDetached(command, args, { log }), members.length > 1);
      await untilAnswering(`broker ${id}`, () => isListening(port), { pid: broker.pid, log, timeoutMs: 180_000 });
    },
    /** As a crash does. */
    async kill() {
      process.kill(broker.pid, 'SIGKILL');
      await stopProcesses([broker.pid]);
    },
  };
  return broker;
}

/** For 127.0.0.1, signed by itself. */
async function certificate(directory) {
  const [keystore, ca, storePassword] = [join(directory, 'broker.p12'), join(directory, 'ca.pem'), randomBytes(12).toString('hex')];
  const store = ['-alias', 'broker', '-keystore', keystore, '-storepass', storePassword];
  await run('keytool', ['-genkeypair', ...store, '-storetype', 'PKCS12', '-keyalg', 'EC', '-dname', 'CN=127.0.0.1', '-ext', 'SAN=ip:127.0.0.1,dns:localhost', '-validity', '2']);
  await run('keytool', ['-exportcert', ...store, '-rfc', '-file', ca]);
  return { keystore, ca, storePassword };
}

/** Where there are several on one machine, they are up sooner without the compiler that makes them quick. */
function java(main, args, start, isOneOfSeveral = true) {
  const compiler = isOneOfSeveral ? ['-XX:TieredStopAtLevel=1'] : [];
  const options = [...compiler, '-Xmx512m', '-Xms128m', '-XX:+UseSerialGC', '-XX:-UsePerfData', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];
  return start('java', [...options, '-cp', join(LIBRARIES, '*'), main, ...args]);
}
