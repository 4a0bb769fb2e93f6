// Loaded before the shop (node --require): at the append that CRASH_POINT names, the process ends as by `kill -9`, or the
// append hangs. CRASH_POINT is `before <Event>`, `after <Event>` (it is on disk, and nobody knows) or `hold <Event>`,
// where <Event> is a stored type; `#2` behind it means the second append that has it. Several stand behind commas.
const { AggregateRuntime } = require('@tillroll/processing');

const points = (process.env.CRASH_POINT ?? '').split(',').map((point) => {
  const [when, name = ''] = point.split(' ');
  const [type, count = '1'] = name.split('#');
  return { when, type, left: Number(count) };
});
const append = AggregateRuntime.prototype.append;

if (typeof append !== 'function') throw new Error('AggregateRuntime has no method append any more: a crash point would never be met');
const die = () => process.kill(process.pid, 'SIGKILL');

AggregateRuntime.prototype.append = async function (streamId, expected, events) {
  const here = points.filter((point) => events.some(({ type }) => type === point.type) && --point.left === 0).map(({ when }) => when);
  if (here.includes('before')) die();
  if (here.includes('hold')) await new Promise(() => undefined);
  const appended = await append.call(this, streamId, expected, events);
  if (here.includes('after')) die();
  return appended;
};
