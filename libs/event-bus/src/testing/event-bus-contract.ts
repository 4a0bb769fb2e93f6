import { setImmediate as nextTurn } from 'node:timers/promises';
import { WrongExpectedRevision } from '@tillroll/event-store';
import { uuid5 } from '@tillroll/kernel';
import { type BusEvent, TryAgainLater } from '../port';
import { type BusPlace, BusUnderTest } from './bus-place';
import { GARBLED, HAPPENED, keyOf, keys, newEvent, NOTED, numberOf } from './happenings';
import { Gate, RecordingConsumer } from './recording-consumer';
import { until } from './until';

const IN_TIME = { timeoutMs: 60_000 };
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** What every adapter of the `EventBus` promises. Events get on the bus only by being appended to the store. */
export function eventBusContract(name: string, openPlace: () => Promise<BusPlace>): void {
  describe(`event bus contract: ${name}`, () => {
    let place: BusUnderTest;
    let consumer: RecordingConsumer;

    beforeEach(async () => {
      place = new BusUnderTest(await openPlace());
      consumer = new RecordingConsumer('sample.consumer');
    });
    afterEach(() => place.remove());

    const happen = (key: string, times = 1, type = 'Happened') => place.happenings.happen(key, times, type);
    const allDone = async (position: number) => expect(await place.bus.caughtUp(position, IN_TIME)).toBe(true);
    const failFor = (key: string, number?: number) => (event: BusEvent) => {
      if (keyOf(event) === key && (number === undefined || numberOf(event) === number)) throw new Error(`${key} is out of order`);
    };

    describe('delivery', () => {
      it('gives a new consumer every event of its types from the first on, and no other', async () => {
        await place.open();
        await happen('a', 2);
        await happen('a', 1, 'Noted');
        await place.start([consumer]);
        await allDone(await happen('a'));
        expect(consumer.of('a')).toEqual([0, 1, 3]);
      });

      it('tells where an event comes from', async () => {
        await place.start([consumer]);
        const position = await happen('a');
        await allDone(position);
        const [event] = consumer.seen;
        expect(event).toMatchObject({
          id: uuid5('happening', 'a', 0), type: HAPPENED, context: 'sample', visibility: 'public', subject: 'sample-a',
          sequence: 0, position, time: '2026-01-01T00:00:00.000Z', actor: 'system:test', data: { key: 'a', number: 0 },
        });
      });

      it('gives each event to every consumer of its type', async () => {
        const other = new RecordingConsumer('sample.other', [HAPPENED, NOTED]);
        await place.start([consumer, other]);
        await happen('a', 2);
        await allDone(await happen('a', 1, 'Noted'));
        expect(consumer.of('a')).toEqual([0, 1]);
        expect(other.of('a')).toEqual([0, 1, 2]);
      });

      it('keeps the order of each subject, and handles many subjects at a time', async () => {
        await place.start([consumer]);
        const twoAtOnce = new Gate();
        consumer.behave = async () => {
          if (consumer.running > 1) twoAtOnce.open();
          await twoAtOnce.passed;
        };
        const many = keys(20);
        await allDone(await place.happenings.happenEverywhere(many, 10));
        for (const key of many) expect(consumer.of(key)).toEqual(upTo(10));
        expect(consumer.mostRunning).toBeGreaterThan(1);
      });

      it('never handles two events of a subject at a time', async () => {
        await place.start([consumer]);
        const running = new Set<string>();
        consumer.behave = async (event) => {
          expect(running.has(event.subject)).toBe(false);
          running.add(event.subject);
          await Promise.resolve();
          running.delete(event.subject);
        };
        await allDone(await place.happenings.happenEverywhere(keys(5), 20));
        expect(consumer.seen).toHaveLength(100);
      });

      it('passes over events that nobody publishes, and counts them', async () => {
        await place.start([consumer]);
        await happen('a', 1, 'NeverHeardOf');
        await allDone(await happen('a'));
        expect(consumer.of('a')).toEqual([1]);
      });

      it('lets a new consumer catch up beside the others, without a gap and without a repeat', async () => {
        const many = keys(10);
        await place.start([consumer]);
        await allDone(await place.happenings.happenEverywhere(many, 20));
        await place.stop();
        const newcomer = new RecordingConsumer('sample.newcomer');
        await place.start([consumer, newcomer]);
        await allDone(await place.happenings.happenEverywhere(many, 20));
        for (const key of many) {
          expect(newcomer.of(key)).toEqual(upTo(40));
          expect(consumer.of(key)).toEqual(upTo(40));
        }
      });
    });

    describe('registration', () => {
      it('refuses two consumers of one name, and one that comes after the start', async () => {
        await place.start([consumer]);
        expect(() => place.bus.register(new RecordingConsumer('sample.late'))).toThrow(TypeError);
        await place.stop();
        await place.open();
        place.bus.register(consumer);
        expect(() => place.bus.register(new RecordingConsumer(consumer.name))).toThrow(TypeError);
      });

      it('knows no consumer that did not register', async () => {
        await place.start([consumer]);
        await expect(place.bus.retry('sample.nobody', 'sample-a')).rejects.toThrow(TypeError);
      });
    });

    describe('stopping and crashing', () => {
      it('goes on after a stop where it was', async () => {
        await place.start([consumer]);
        await allDone(await happen('a', 3));
        await place.stop();
        await place.start([consumer]);
        await allDone(await happen('a', 2));
        expect(consumer.of('a')).toEqual(upTo(5));
      });

      it('waits for the handlers in hand when it stops', async () => {
        await place.start([consumer]);
        const gate = new Gate();
        consumer.behave = () => gate.passed;
        await happen('a');
        await until(() => consumer.running === 1);
        const stopped = place.stop();
        gate.open();
        await stopped;
        expect(consumer.of('a')).toEqual([0]);
      });

      it('gives again after a crash what was not finished, in order, and loses nothing', async () => {
        await place.start([consumer]);
        const never = new Promise<void>(() => undefined);
        consumer.behave = (event) => (numberOf(event) === 3 ? never : undefined);
        const many = keys(6);
        await place.happenings.happenEverywhere(many, 6);
        await until(() => consumer.running === 6);
        await place.crash();
        const second = new RecordingConsumer(consumer.name);
        await place.start([second]);
        await allDone(await happen('k0'));
        for (const key of many) {
          expect(consumer.of(key)).toEqual(upTo(3));
          const again = second.of(key);
          const from = again[0] ?? 0;
          expect(from).toBeLessThanOrEqual(3);
          expect(again).toEqual(upTo(key === 'k0' ? 7 : 6).slice(from));
        }
      });

      it('makes no second effect after a crash between the effect and the checkpoint', async () => {
        await place.start([consumer]);
        const note = async (event: BusEvent) => {
          const id = uuid5(event.id, consumer.name);
          try {
            await place.store.append(`effect-${keyOf(event)}`, numberOf(event) === 0 ? 'no_stream' : numberOf(event) - 1, [newEvent(id, 'Noted')]);
          } catch (error) {
            if (!(error instanceof WrongExpectedRevision)) throw error;
          }
        };
        const crashed = new Promise<void>(() => undefined);
        consumer.behave = async (event) => {
          await note(event);
          if (numberOf(event) === 2) await crashed;
        };
        await happen('a', 5);
        await until(async () => (await place.lengthOf('effect-a')) === 3);
        await place.crash();
        const second = new RecordingConsumer(consumer.name);
        second.behave = note;
        await place.start([second]);
        await allDone(await happen('a'));
        expect(second.of('a')).toContain(2);
        expect(await place.lengthOf('effect-a')).toBe(6);
      });

      it('stops in bounded time although a handler never answers, and gives its event again', async () => {
        await place.open({ drainMs: 0 });
        await place.start([consumer]);
        consumer.behave = (event) => (keyOf(event) === 'stuck' ? new Promise(() => undefined) : undefined);
        await happen('stuck', 2);
        await happen('b', 3);
        await until(() => consumer.of('b').length === 3);
        await place.stop();
        const second = new RecordingConsumer(consumer.name);
        await place.start([second]);
        await allDone(await happen('b'));
        expect(second.of('stuck')).toEqual([0, 1]);
      });
    });

    describe('failing', () => {
      it('tries again a few times, and keeps the order', async () => {
        let failures = 2;
        consumer.behave = (event) => {
          if (numberOf(event) === 0 && failures-- > 0) throw new Error('not yet');
        };
        await place.start([consumer]);
        await allDone(await happen('a', 3));
        expect(consumer.of('a')).toEqual([0, 1, 2]);
        expect(await place.bus.parked()).toEqual([]);
      });

      it('parks the key that fails and no other, and the events behind it in order', async () => {
        consumer.behave = failFor('bad', 1);
        await place.start([consumer]);
        await place.happenings.happenEverywhere(['good', 'bad', 'fine'], 4);
        await allDone(await happen('bad'));
        expect(consumer.of('good')).toEqual(upTo(4));
        expect(consumer.of('fine')).toEqual(upTo(4));
        expect(consumer.of('bad')).toEqual([0]);
        const parked = await place.bus.parked(consumer.name);
        expect(parked.map(({ event, failed }) => [event.sequence, failed])).toEqual([[1, true], [2, false], [3, false], [4, false]]);
        expect(parked[0]).toMatchObject({ consumer: consumer.name, subject: 'sample-bad', attempts: 3 });
        expect(parked[0]?.error).toContain('bad is out of order');
        expect((await place.bus.status())[0]).toMatchObject({ consumer: consumer.name, parkedSubjects: 1, lag: 0 });
      });

      it('parks for the consumer that fails only', async () => {
        const other = new RecordingConsumer('sample.other');
        consumer.behave = failFor('a');
        await place.start([consumer, other]);
        await allDone(await happen('a', 2));
        expect(other.of('a')).toEqual([0, 1]);
        expect(await place.bus.parked(other.name)).toEqual([]);
        expect(await place.bus.parked(consumer.name)).toHaveLength(2);
      });

      it('parks an event whose translation fails', async () => {
        const reader = new RecordingConsumer('sample.reader', [GARBLED, HAPPENED]);
        await place.start([reader]);
        await happen('b', 1, 'Garbled');
        await allDone(await happen('a'));
        expect(reader.of('a')).toEqual([0]);
        expect((await place.bus.status())[0]).toMatchObject({ parkedSubjects: 1 });
      });

      it.each(['stop', 'crash'] as const)('remembers over a %s what is parked, and parks what comes behind it', async (ending) => {
        consumer.behave = failFor('bad', 1);
        await place.start([consumer]);
        await allDone(await happen('bad', 3));
        await place[ending]();
        const second = new RecordingConsumer(consumer.name);
        await place.start([second]);
        await happen('good');
        await allDone(await happen('bad', 2));
        expect(second.of('bad')).toEqual([]);
        expect((await place.bus.parked()).map(({ event, failed }) => [event.sequence, failed])).toEqual([
          [1, true], [2, false], [3, false], [4, false],
        ]);
        await place.bus.retry(second.name, 'sample-bad');
        expect(second.of('bad')).toEqual([1, 2, 3, 4]);
        expect(second.of('good')).toEqual([0]);
      });

      it('never parks for an outage', async () => {
        let outage = 20;
        consumer.behave = () => {
          if (outage-- > 0) throw new TryAgainLater('the gateway is away');
        };
        await place.start([consumer]);
        await allDone(await happen('a', 3));
        expect(consumer.of('a')).toEqual([0, 1, 2]);
      });

      it('parks the key of a handler that does not answer in time, and does not wait for it', async () => {
        consumer.behave = (event) => (keyOf(event) === 'stuck' ? new Promise(() => undefined) : undefined);
        await place.open({ handlerTimeoutMs: 1, drainMs: 0 });
        await place.start([consumer]);
        await happen('stuck', 2);
        await allDone(await happen('b'));
        expect((await place.bus.parked()).map(({ event, failed }) => [event.sequence, failed])).toEqual([[0, true], [1, false]]);
      });
    });

    describe('parked events', () => {
      it('are handled in order on retry, and the subject flows again', async () => {
        consumer.behave = failFor('a', 0);
        await place.start([consumer]);
        await allDone(await happen('a', 4));
        consumer.behave = () => undefined;
        await place.bus.retry(consumer.name, 'sample-a');
        expect(consumer.of('a')).toEqual([0, 1, 2, 3]);
        expect(await place.bus.parked()).toEqual([]);
        await allDone(await happen('a', 2));
        expect(consumer.of('a')).toEqual(upTo(6));
      });

      it('are parked again at the first failure of a retry', async () => {
        consumer.behave = failFor('a', 0);
        await place.start([consumer]);
        await allDone(await happen('a', 4));
        consumer.behave = failFor('a', 2);
        await place.bus.retry(consumer.name, 'sample-a');
        expect(consumer.of('a')).toEqual([0, 1]);
        expect((await place.bus.parked()).map(({ event, failed, attempts }) => [event.sequence, failed, attempts])).toEqual([[2, true, 1], [3, false, 0]]);
      });

      it('are drained in order while more come in', async () => {
        consumer.behave = failFor('a', 0);
        await place.start([consumer]);
        await allDone(await happen('a', 20));
        consumer.behave = () => Promise.resolve();
        const drained = place.bus.retry(consumer.name, 'sample-a');
        for (let i = 0; i < 20; i++) await happen('a');
        await drained;
        await allDone(await happen('a'));
        expect(consumer.of('a')).toEqual(upTo(41));
      });

      it('can be given up with a reason that is kept, and those behind go on', async () => {
        consumer.behave = failFor('a', 1);
        await place.start([consumer]);
        await allDone(await happen('a', 4));
        await place.bus.discard(consumer.name, 'sample-a', 'known to be harmless');
        expect(consumer.of('a')).toEqual([0, 2, 3]);
        expect(await place.bus.parked()).toEqual([]);
        expect(await place.bus.discarded(consumer.name)).toMatchObject([
          { consumer: consumer.name, subject: 'sample-a', sequence: 1, reason: 'known to be harmless' },
        ]);
      });

      it('stay given up after a crash', async () => {
        const stuck = new Promise<void>(() => undefined);
        consumer.behave = (event) => (keyOf(event) === 'stuck' ? stuck : failFor('a', 1)(event));
        await place.start([consumer]);
        await happen('stuck');
        await happen('a', 3);
        await until(async () => (await place.bus.parked()).length === 2);
        await place.bus.discard(consumer.name, 'sample-a', 'harmless');
        await place.crash();
        const second = new RecordingConsumer(consumer.name);
        await place.start([second]);
        await allDone(await happen('a'));
        expect(second.of('a')).not.toContain(1);
        expect(second.of('a')).toContain(3);
      });

      it('are not touched by a retry or a discard of a subject that has none', async () => {
        await place.start([consumer]);
        await allDone(await happen('a'));
        await place.bus.retry(consumer.name, 'sample-a');
        await place.bus.discard(consumer.name, 'sample-a', 'nothing there');
        expect(await place.bus.discarded()).toEqual([]);
        expect(consumer.of('a')).toEqual([0]);
      });

      it('whose stream was deleted are dropped by a retry', async () => {
        consumer.behave = failFor('a');
        await place.start([consumer]);
        await allDone(await happen('a', 2));
        await place.store.deleteStream('sample-a');
        expect(await place.bus.parked()).toEqual([]);
        await place.bus.retry(consumer.name, 'sample-a');
        expect((await place.bus.status())[0]).toMatchObject({ parkedSubjects: 0 });
      });
    });

    describe('under load', () => {
      it('holds a bounded number of events for a consumer that does not keep up, and does not hold up the others', async () => {
        const quick = new RecordingConsumer('sample.quick');
        const gate = new Gate();
        consumer.behave = () => gate.passed;
        await place.start([consumer, quick]);
        const many = keys(50);
        const last = await place.happenings.happenEverywhere(many, 6);
        expect(await place.bus.caughtUp(last, { ...IN_TIME, consumer: quick.name })).toBe(true);
        expect(consumer.mostRunning).toBe(8);
        expect(consumer.seen).toEqual([]);
        gate.open();
        await allDone(last);
        for (const key of many) expect(consumer.of(key)).toEqual(upTo(6));
        expect(consumer.seen).toHaveLength(300);
      });
    });

    describe('with handlers that take their time and fail now and then', () => {
      it('handles each event once and in order, however the consumers fall behind and catch up', async () => {
        const consumers = ['sample.one', 'sample.two', 'sample.three'].map((each) => new RecordingConsumer(each));
        consumers.forEach((each, index) => {
          const failed = new Set<string>();
          each.behave = async (event) => {
            const draw = parseInt(uuid5(event.id, index).slice(0, 8), 16);
            for (let turn = draw % (1 + 4 * index); turn > 0; turn--) await nextTurn();
            if (draw % 17 > 0 || failed.has(event.id)) return;
            failed.add(event.id);
            throw new Error('the first time only');
          };
        });
        await place.start(consumers, { inFlight: 4, mostHeld: 8 });
        const many = keys(12);
        let last = 0;
        for (let round = 0; round < 40; round++) {
          last = await place.happenings.happenEverywhere(many);
          if (round % 7 === 0) for (let turn = 0; turn < 30; turn++) await nextTurn();
        }
        await allDone(last);
        for (const each of consumers) for (const key of many) expect(each.of(key)).toEqual(upTo(40));
        expect(await place.bus.parked()).toEqual([]);
      });
    });

    describe('catching up', () => {
      it('is true at once when there is nothing to wait for, and false when the time is over first', async () => {
        const gate = new Gate();
        consumer.behave = () => gate.passed;
        await place.start([consumer]);
        expect(await place.bus.caughtUp(0, { timeoutMs: 0 })).toBe(true);
        const position = await happen('a');
        expect(await place.bus.caughtUp(position, { timeoutMs: 1 })).toBe(false);
        const waiting = place.bus.caughtUp(position, { ...IN_TIME, consumer: consumer.name });
        gate.open();
        expect(await waiting).toBe(true);
      });

      it('reaches beyond unwanted events once the wanted one before them is done', async () => {
        const gate = new Gate();
        consumer.behave = () => gate.passed;
        await place.start([consumer]);
        await happen('a');
        const beyond = await happen('a', 3, 'Noted');
        await until(() => consumer.running === 1);
        expect(await place.bus.caughtUp(beyond, { timeoutMs: 1 })).toBe(false);
        gate.open();
        await allDone(beyond);
      });

      it('is not delayed by events that the consumer does not want', async () => {
        await place.start([consumer]);
        await allDone(await happen('a', 3, 'Noted'));
        expect(consumer.seen).toEqual([]);
      });
    });
  });
}
