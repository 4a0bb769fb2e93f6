import { startBareApp } from './bare-app';
import { startEdgeApp } from './edge-app';

const start = process.argv[2] === 'bare' ? async () => ({ url: await startBareApp(), token: '' }) : startEdgeApp;

start().then(
  (started) => process.stdout.write(`${JSON.stringify(started)}\n`),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);
process.on('SIGTERM', () => process.exit(0));
