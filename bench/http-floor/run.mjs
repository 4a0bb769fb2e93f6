// What the HTTP edge costs: the same answers from bare Nest + Fastify + class-validator and through the whole edge, in turns.
// usage: node tools/build.mjs && node tools/build.mjs bench/http-floor && node bench/http-floor/run.mjs [rounds] [seconds]
import autocannon from 'autocannon';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cpuTime } from '../servers.mjs';

const [rounds = 3, seconds = 4] = process.argv.slice(2).map(Number);
const serve = fileURLToPath(new URL('./dist/serve.js', import.meta.url));

async function start(kind) {
  const child = spawn(process.execPath, [...(process.env.PROFILE === kind ? ['--cpu-prof', '--cpu-prof-dir=/tmp/http-floor'] : []), serve, kind], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise((resolve) => child.stdout.once('data', resolve));
  return { child, ...JSON.parse(String(line)) };
}

async function measure({ url, token, child }, request) {
  const headers = { 'content-type': 'application/json', ...(token === '' ? {} : { authorization: `Bearer ${token}` }) };
  const before = cpuTime(child.pid);
  const result = await autocannon({ url: url + request.path, method: request.method, body: request.body, headers, connections: 50, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refused, ${result.errors} failed`);
  return { rate: result.requests.average, p99: result.latency.p99, cpu: (1000 * (cpuTime(child.pid) - before)) / result.requests.total };
}

const requests = [
  { name: 'GET', method: 'GET', path: '/v1/cart' },
  { name: 'POST', method: 'POST', path: '/v1/cart/items', body: JSON.stringify({ productId: 'tea-green-100', quantity: 2 }) },
];
const servers = { bare: await start('bare'), edge: await start('edge') };
const rates = { GET: { bare: [], edge: [] }, POST: { bare: [], edge: [] } };
for (let round = 0; round <= rounds; round++)
  for (const request of requests)
    for (const kind of ['bare', 'edge']) {
      const measured = await measure(servers[kind], request);
      if (round > 0) rates[request.name][kind].push(measured);
    }
for (const { child } of Object.values(servers)) child.kill('SIGTERM');

const middle = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
for (const { name } of requests) {
  const [bare, edge] = ['bare', 'edge'].map((kind) =>
    Object.fromEntries(['rate', 'p99', 'cpu'].map((figure) => [figure, middle(rates[name][kind].map((measured) => measured[figure]))])),
  );
  const show = ({ rate, p99, cpu }) => `${rate.toFixed(0).padStart(6)}/s  p99 ${p99} ms  ${cpu.toFixed(1)} µs CPU`;
  console.log(`${name.padEnd(5)} bare ${show(bare)}   edge ${show(edge)}   ${((100 * edge.rate) / bare.rate).toFixed(0)} % (by CPU ${((100 * bare.cpu) / edge.cpu).toFixed(0)} %)`);
}
