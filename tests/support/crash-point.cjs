// Loaded before the shop (node --require): at the append that CRASH_POINT names, the process ends as by `kill -9`, or the
// append hangs. CRASH_POINT is `before <Event>`, `after <Event>` (it is on disk, and nobody knows) or `hold <Event>`,
// where <Event> is a stored type; `#2` behind it means the second append that has it.
const { AggregateRuntime } = require('@tillroll/processing');

const [when, name = ''] = (process.env.CRASH_POINT ?? '').split(' ');
const [type, count = '1'] = name.split('#');
const append = AggregateRuntime.prototype.append;
let seen = 0;

if (typeof append !== 'function') throw new Error('AggregateRuntime has no method append any more: a crash point would never be met');
const die = () => process.kill(process.pid, 'SIGKILL');

AggregateRuntime.prototype.append = async function (streamId, expected, events) {
  const isHere = events.some((event) => event.type === type) && ++seen >= Number(count);
  if (isHere && when === 'before') die();
  if (isHere && when === 'hold') await new Promise(() => undefined);
  const appended = await append.call(this, streamId, expected, events);
  if (isHere && when === 'after') die();
  return appended;
};
