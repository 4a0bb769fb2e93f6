import type { BusEvent } from '@tillroll/event-bus';
import { createTranslator } from '@tillroll/event-bus';
import type { Document, Projection } from '@tillroll/read-models';
import fc from 'fast-check';
import { ProjectionsUnderTest } from '../testing/projections-under-test';
import { groups, tallies, type TallyEvent, tallyPublications } from '../testing/tally';
import { fold } from './fold';
import { byType, planSteps } from './plan';

const event: fc.Arbitrary<TallyEvent> = fc.record({
  key: fc.constantFrom('a', 'b', 'cc', 'dd', 'eee'),
  type: fc.constantFrom('Added', 'Added', 'Added', 'Wiped', 'Ignored'),
  amount: fc.integer({ min: 1, max: 99 }),
});
const events = fc.array(event, { minLength: 1, maxLength: 12 });

const deed = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('append' as const), events, wait: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('crash', 'stop', 'rebuild', 'rebuild and crash', 'switch over', 'switch back', 'abandon', 'drop previous') }) },
);

/** The documents that the log makes, by the plainest fold there is. */
function folded(projection: Projection, log: readonly BusEvent[]): ReadonlyMap<string, Document> {
  const documents = new Map<string, Document>();
  for (const entry of log)
    for (const { id, change } of projection.on[entry.type]?.(entry) ?? []) {
      const after = change(documents.get(id));
      if (after === undefined) documents.delete(id);
      else documents.set(id, after);
    }
  return documents;
}

const projections = (): readonly Projection[] => [tallies(), groups()];

describe('the documents of a projection', () => {
  it('equal the fold of the log, whatever the pages, crashes, rebuilds and switches', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 1, maxLength: 12 }), fc.constantFrom(1, 1_000_000), async (deeds, cachedCharacters) => {
        const place = new ProjectionsUnderTest();
        const open = async () => {
          place.open(projections(), { cachedCharacters });
          await place.runner.start();
        };
        const onBoth = async (work: (name: string) => Promise<unknown>) => {
          for (const { name } of projections()) await work(name).catch((error: unknown) => expect(error).toBeInstanceOf(Error));
        };
        try {
          await open();
          for (const step of deeds)
            switch (step.kind) {
              case 'append': {
                const appended = place.streams.append(step.events);
                if (step.wait) await appended;
                break;
              }
              case 'crash':
                await place.crash();
                await open();
                break;
              case 'stop':
                await place.stop();
                await open();
                break;
              case 'rebuild':
                await onBoth((name) => place.runner.rebuild(name));
                break;
              case 'rebuild and crash': {
                const { runner } = place;
                const rebuilding = onBoth((name) => runner.rebuild(name));
                await new Promise(setImmediate);
                await place.crash();
                await rebuilding;
                await open();
                break;
              }
              case 'switch over':
                await onBoth((name) => place.runner.switchOver(name));
                break;
              case 'switch back':
                await onBoth((name) => place.runner.switchBack(name));
                break;
              case 'abandon':
                await onBoth((name) => place.runner.abandon(name));
                break;
              case 'drop previous':
                await onBoth((name) => place.runner.dropPrevious(name));
                break;
            }
          await place.streams.added('a', 1);
          await place.caughtUp();
          const translate = createTranslator([tallyPublications]);
          const log: BusEvent[] = [];
          for await (const page of place.events.readAll({ after: 0 })) for (const stored of page.events) log.push(translate(stored) as BusEvent);
          for (const projection of projections()) {
            const expected = folded(projection, log);
            for (const generation of await place.models.generations()) {
              if (generation.projection !== projection.name || generation.state === 'candidate') continue;
              const found = new Map((await place.models.scan(generation.id, { limit: 1_000 })).map(({ id, document }) => [id, document]));
              expect(found).toEqual(expected);
            }
          }
        } finally {
          await place.remove();
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are the same however the log is cut into pages, and whatever of it comes again', () => {
    const cuts = fc.array(fc.record({ back: fc.nat(20), size: fc.integer({ min: 1, max: 20 }) }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 40 }), cuts, (appended, pages) => {
        const lengths = new Map<string, number>();
        const log = appended.map(({ key, type, amount }, index): BusEvent => {
          const sequence = lengths.get(key) ?? 0;
          lengths.set(key, sequence + 1);
          return {
            id: `${index}`, type: `tillroll.tally.${type.toLowerCase()}.v1`, context: 'tally', visibility: 'internal', subject: `tally-${key}`, sequence, position: index + 1,
            time: '2030-01-01T12:00:00.000Z', correlationId: 'c', causationId: 'c', actor: 'system:test', data: { amount, group: `g${key.length}` },
          };
        });
        for (const projection of projections()) {
          const stored = new Map<string, { document: Document | undefined; guards: Readonly<Record<string, number>> }>();
          const feed = (from: number, to: number) => {
            const page = log.slice(from, to).map((entry) => ({ type: entry.type, position: entry.position, read: () => entry }));
            const steps = planSteps(byType([projection]), page).get(projection) ?? [];
            for (const { id, ...document } of fold(steps, stored).documents) stored.set(id, document);
          };
          let position = 0;
          for (const { back, size } of pages) {
            // The page before was written and its position was not: it comes again, and may end elsewhere.
            const from = Math.max(0, position - Math.min(back, 1) * size);
            feed(from, position);
            feed(position, (position = Math.min(log.length, position + size)));
          }
          feed(position, log.length);
          const documents = new Map([...stored].flatMap(([id, { document }]) => (document === undefined ? [] : [[id, document] as const])));
          expect(documents).toEqual(folded(projection, log));
        }
      }),
      { numRuns: 300 },
    );
  });
});
