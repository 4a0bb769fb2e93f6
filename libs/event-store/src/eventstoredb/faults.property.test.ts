import fc from 'fast-check';
import { idsOf, newStream, readAllOf, someEvents } from '../testing/events';
import type { FaultSettings } from '../testing/eventstoredb-double/faults';
import { withDouble } from '../testing/eventstoredb-double/with-double';
import type { NewEvent } from '../port';

const fault: fc.Arbitrary<Partial<FaultSettings> | 'cut'> = fc.oneof(
  fc.constant({}),
  fc.constant('cut' as const),
  fc.record({ loseBeforeAppend: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ loseAfterAppend: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ swallowAnswers: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ timeOutAppends: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ delayMs: fc.integer({ min: 1, max: 80 }) }),
  fc.constant({ notReady: true }),
  fc.constant({ silent: true }),
);

describe('appends under faults drawn at random', () => {
  const { double, open } = withDouble();

  it('leave exactly what was acknowledged, and of what is unknown all or nothing, in order and once', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fault, fc.integer({ min: 1, max: 4 })), { minLength: 3, maxLength: 10 }), async (steps) => {
        const store = open({ patienceMs: 150, silenceMs: 100 });
        const streams = [newStream(), newStream(), newStream()];
        await Promise.all(
          streams.map(async (stream, index) => {
            const kept: NewEvent[] = [];
            for (const [setting, size] of steps) {
              if (index === 0) {
                if (setting === 'cut') double().cutConnections();
                else double().faults.set(setting);
              }
              const events = someEvents(size);
              const expected = kept.length === 0 ? 'no_stream' : kept.length - 1;
              const outcome = await store.append(stream, expected, events).then(({ revision }) => revision, (error: Error) => error.name);
              if (typeof outcome === 'number') {
                kept.push(...events);
                expect(outcome).toBe(kept.length - 1);
                continue;
              }
              // Nobody else writes here: nothing but an unknown outcome is possible.
              expect(outcome).toBe('StoreUnavailable');
              if (index === 0) double().faults.set({});
              kept.push(...(await settle(stream, expected, events)));
            }
            double().faults.set({});
            expect(idsOf(await readAllOf(open(), stream))).toEqual(idsOf(kept));
          }),
        );
        await store.close();
      }),
      { numRuns: 10 },
    ));

  /** Once more, identically, by somebody with patience: as the port says for unknown outcomes. */
  async function settle(stream: string, expected: number | 'no_stream', events: readonly NewEvent[]): Promise<readonly NewEvent[]> {
    const store = open();
    await expect(store.append(stream, expected, events)).resolves.toMatchObject({ revision: (expected === 'no_stream' ? -1 : expected) + events.length });
    await store.close();
    return events;
  }
});
