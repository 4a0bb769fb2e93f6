import { embeddedConsumerRecords } from '../embedded/embedded-consumer-records';
import { embeddedRelayCheckpoints } from '../embedded/embedded-relay-checkpoints';
import type { BusEvent, Consumer, EventBus } from '../port';
import { temporaryEngine } from '../testing/temporary-engine';
import { keepDoneBeforeMove, skippingWhatWasDone } from './skip-what-was-done';

it('lets events pass that were handled before the move, and handles those that were parked then', async () => {
  const { engine, close } = await temporaryEngine();
  const [records, checkpoints] = [embeddedConsumerRecords(engine), embeddedRelayCheckpoints(engine)];
  const registered: Consumer[] = [];
  const handled: string[] = [];
  const bus = { register: (consumer: Consumer) => void registered.push(consumer) } as unknown as EventBus;
  const skipping = skippingWhatWasDone(bus, { records, checkpoints });
  for (const name of ['sample.moved', 'sample.new'])
    skipping.register({ name, types: [], handle: async ({ subject, position }) => void handled.push(`${name} ${subject} ${position}`) });
  await keepDoneBeforeMove(checkpoints, 'sample.moved', 50);
  await records.park([{ consumer: 'sample.moved', subject: 'a', position: 20, sequence: 2, failed: true, attempts: 3, error: 'once', parkedAt: '2026-01-01T00:00:00.000Z' }]);

  for (const [subject, position] of [['a', 10], ['a', 20], ['b', 50], ['b', 51]] as const)
    for (const consumer of registered) await consumer.handle({ subject, position } as BusEvent);
  expect(handled.filter((line) => line.startsWith('sample.moved'))).toEqual(['sample.moved a 20', 'sample.moved b 51']);
  expect(handled.filter((line) => line.startsWith('sample.new'))).toHaveLength(4);
  await close();
});
