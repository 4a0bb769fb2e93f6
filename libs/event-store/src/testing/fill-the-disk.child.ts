import { EmbeddedEngine, openEmbeddedEventStore } from '../index';
import { readAllOf, someEvent } from './events';

/** Usage: `<directory>`, under a limit on the size of files. Prints how many appends were acknowledged, and what came then. */
async function main(directory: string): Promise<void> {
  const engine = EmbeddedEngine.open({ directory });
  const store = openEmbeddedEventStore({ engine });
  let acknowledged = 0;
  try {
    for (; ; acknowledged++) await store.append('filling', acknowledged === 0 ? 'no_stream' : acknowledged - 1, [someEvent({ filler: 'x'.repeat(5_000) })]);
  } catch (error) {
    console.log(acknowledged);
    const { length } = await readAllOf(store, 'filling');
    console.log(`${error instanceof Error ? error.name : 'something else'}, then ${length === acknowledged ? 'readable' : `${length} events`}`);
  }
  process.exit(0);
}

void main(String(process.argv[2]));
