// Engines from their images, where Docker is there.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts, run } from './processes.mjs';

export const hasDocker = () => run('docker', ['info']).then(() => true, () => false);

export const removeContainer = (container) => run('docker', ['rm', '--force', '--volumes', container]);

/** `engine.container(port)` gives `{ image, port, environment?, command?, address }`; `port` is free on this machine. */
export async function startContainer(engine, onProgress) {
  const [port] = await freePorts(1);
  const { image, port: inside, environment = {}, command = [], address } = engine.container(port);
  const container = `tillroll-${engine.name}-${randomBytes(4).toString('hex')}`;
  onProgress(`Docker starts ${image}`);
  const settings = Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  await run('docker', ['run', '--detach', '--name', container, '--publish', `127.0.0.1:${port}:${inside}`, ...settings, image, ...command]);
  const until = Date.now() + 120_000;
  while (!(await engine.isAnswering(address))) {
    if (Date.now() > until) {
      await removeContainer(container);
      throw new Error(`${image} does not answer after 120 s`);
    }
    await pause(200);
  }
  return { address, pids: [], container };
}
