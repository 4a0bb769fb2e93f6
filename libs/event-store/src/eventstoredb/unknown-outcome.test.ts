import { newStream, readAllOf, idsOf, someEvent, someEvents } from '../testing/events';
import { withDouble } from '../testing/eventstoredb-double/with-double';
import { StoreUnavailable, WrongExpectedRevision } from '../port';

describe('an append whose outcome is unknown', () => {
  const { double, open, restart } = withDouble();

  it.each([
    ['lost its connection before it was written', { loseBeforeAppend: 2 }],
    ['lost its connection after it was written', { loseAfterAppend: 2 }],
    ['was written and never answered', { swallowAnswers: 2 }],
    ['is answered with a time-out', { timeOutAppends: 2 }],
    ['is answered late', { delayMs: 150 }],
  ])('is repeated identically when it %s: written once, at its revision', async (_, faults) => {
    const store = open();
    const stream = newStream();
    const [first, second] = [someEvents(2), someEvents(3)];
    await store.append(stream, 'no_stream', first);
    double().faults.set(faults);
    expect(await store.append(stream, 1, second)).toMatchObject({ revision: 4 });
    double().faults.set({});
    expect(idsOf(await readAllOf(store, stream))).toEqual(idsOf([...first, ...second]));
    expect(await store.append(stream, 4, someEvents(1))).toMatchObject({ revision: 5 });
  });

  it('keeps its first place when others have gone on behind it', async () => {
    const store = open({ silenceMs: 300 });
    const stream = newStream();
    const [lost, next] = [someEvents(2), someEvents(1)];
    double().faults.set({ swallowAnswers: 1 });
    const appending = store.append(stream, 'no_stream', lost);
    const other = open();
    // The first try is written, though its writer does not know.
    while ((await readAllOf(other, stream)).length === 0) await new Promise(setImmediate);
    await other.append(stream, 1, next);
    expect(await appending).toMatchObject({ revision: 1 });
    expect(idsOf(await readAllOf(store, stream))).toEqual(idsOf([...lost, ...next]));
  });

  it('is refused for good when its repetition meets what somebody else has written', async () => {
    const store = open();
    const stream = newStream();
    await store.append(stream, 'no_stream', someEvents(1));
    double().faults.set({ loseBeforeAppend: 1 });
    await expect(store.append(stream, 'no_stream', someEvents(1))).rejects.toMatchObject({ name: WrongExpectedRevision.name, expected: 'no_stream', actual: 0 });
    expect(await readAllOf(store, stream)).toHaveLength(1);
  });

  it('knows a repeated append that began a deleted stream anew, which the server does not', async () => {
    const store = open();
    const stream = newStream();
    await store.append(stream, 'no_stream', someEvents(3));
    await store.deleteStream(stream);
    double().faults.set({ loseAfterAppend: 1 });
    const events = someEvents(2);
    expect(await store.append(stream, 'no_stream', events)).toMatchObject({ revision: 4 });
    expect(idsOf(await readAllOf(store, stream))).toEqual(idsOf(events));
    await expect(store.append(stream, 'no_stream', events.slice(1))).rejects.toBeInstanceOf(WrongExpectedRevision);
  });

  it.each([
    ['silent', { silent: true }],
    ['not ready', { notReady: true }],
  ])('ends in StoreUnavailable after a while when the server stays %s, and works again afterwards', async (_, faults) => {
    const store = open({ patienceMs: 300, silenceMs: 200 });
    const stream = newStream();
    double().faults.set(faults);
    const events = someEvents(1);
    await expect(store.append(stream, 'no_stream', events)).rejects.toBeInstanceOf(StoreUnavailable);
    double().faults.set({});
    const patient = open();
    expect(await patient.append(stream, 'no_stream', events)).toMatchObject({ revision: 0 });
    expect(await readAllOf(patient, stream)).toHaveLength(1);
  });

  it('waits for a server that is just being restarted', async () => {
    const store = open();
    const stream = newStream();
    const { position } = await store.append(stream, 'no_stream', someEvents(1));
    const [events] = await Promise.all([appendMany(store, stream, 50), restart()]);
    const found = await readAllOf(store, stream);
    expect(found[0]?.position).toBe(position);
    expect(idsOf(found.slice(1))).toEqual(events);
  });

  async function appendMany(store: ReturnType<typeof open>, stream: string, count: number): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let revision = 0; revision < count; ) {
      const event = someEvent();
      ({ revision } = await store.append(stream, revision, [event]));
      ids.push(event.id);
    }
    return ids;
  }
});
