import { EmbeddedEngine, openEmbeddedEventStore } from '../index';
import { someEvent } from './events';

/** Usage: `<directory> [appends]`. Prints `<stream> <revision>` for each append that was acknowledged. */
async function main(directory: string, appends: number): Promise<void> {
  const engine = EmbeddedEngine.open({ directory });
  const store = openEmbeddedEventStore({ engine });
  console.log('open');
  await Promise.all(
    Array.from({ length: 10 }, async (_, writer) => {
      const stream = `writer-${process.pid}-${writer}`;
      for (let revision = -1; revision < appends; ) {
        ({ revision } = await store.append(stream, revision < 0 ? 'no_stream' : revision, [someEvent({ writer, filler: 'x'.repeat(100) })]));
        console.log(`${stream} ${revision}`);
      }
    }),
  );
  console.log('done');
}

void main(String(process.argv[2]), Number(process.argv[3] ?? Number.POSITIVE_INFINITY));
process.stdin.on('end', () => process.exit()).resume();
