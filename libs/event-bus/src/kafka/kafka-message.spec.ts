import type { KafkaMessage, Message } from 'kafkajs';
import type { BusEvent } from '../port';
import { eventOf, internalMessage, placeOf, publicMessage, typeOf } from './kafka-message';

const event: BusEvent = {
  id: '018f6f7e-0000-7000-8000-000000000001', type: 'tillroll.order.order-placed.v1', context: 'order', visibility: 'public', subject: 'order-ü',
  sequence: 3, position: 2 ** 52, time: '2026-01-01T00:00:00.000Z', correlationId: 'c1', causationId: 'c2', actor: 'customer:1',
  data: { orderId: '1', total: { amount: 690, currency: 'EUR' } },
};

/** As it comes back from a broker: bytes. */
const received = ({ key, value, headers }: Message): KafkaMessage => ({
  key: key === null || key === undefined ? null : Buffer.from(key), value: value === null ? null : Buffer.from(value),
  headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, text]) => [name, Buffer.from(String(text))])),
  timestamp: '0', attributes: 0, offset: '7',
});

const read = (message: KafkaMessage): BusEvent | undefined => {
  const [type, place] = [typeOf(message), placeOf(message)];
  return type === undefined || place === undefined ? undefined : eventOf(message, type, place);
};

describe('an event as a Kafka message', () => {
  it('comes out of the internal topic as it went in', () => {
    expect(read(received(internalMessage(event, 2)))).toEqual(event);
    const traced = { ...event, traceparent: '00-a-b-01', visibility: 'internal' } as const;
    expect(read(received(internalMessage(traced, 2)))).toEqual(traced);
    expect(internalMessage(event, 2)).toMatchObject({ key: 'order-ü', partition: 2 });
  });

  it('tells its place, and that it has no data, when its data is left out', () => {
    const { data: _, ...rest } = event;
    const message = received(internalMessage({ ...rest, leftOut: 'too large' }, 0));
    expect(placeOf(message)).toEqual({ subject: 'order-ü', sequence: 3, position: 2 ** 52 });
    expect(read(message)).toBeUndefined();
    expect(publicMessage({ ...rest, leftOut: 'too large' }, 0)).toMatchObject({ value: '{}', headers: { ce_leftout: 'too large' } });
  });

  it('is a CloudEvent in binary mode for everyone else', () => {
    const { key, value, headers } = publicMessage({ ...event, traceparent: '00-a-b-01' }, 0);
    expect(key).toBe('order-ü');
    expect(JSON.parse(value)).toEqual(event.data);
    expect(headers).toEqual({
      'content-type': 'application/json', ce_specversion: '1.0', ce_id: event.id, ce_source: '/tillroll/order', ce_type: event.type,
      ce_subject: 'order-ü', ce_time: event.time, ce_dataschema: expect.stringContaining('order-placed'), ce_sequence: '3',
      ce_correlationid: 'c1', ce_causationid: 'c2', ce_actor: 'customer:1', ce_position: String(2 ** 52), ce_traceparent: '00-a-b-01',
    });
  });

  it.each([
    ['no value', null], ['no JSON', 'garbage'], ['a list', '[]'], ['null', 'null'], ['no data', JSON.stringify({ ...JSON.parse(internalMessage(event, 0).value), data: undefined })],
    ['another source', internalMessage(event, 0).value.replace('/tillroll/', '/other/')], ['no actor', internalMessage(event, 0).value.replace('"actor"', '"factor"')],
  ])('is not there in a message with %s', (_, value) => {
    expect(read(received({ ...internalMessage(event, 0), value }))).toBeUndefined();
  });

  it.each([{ ce_sequence: '-1' }, { ce_sequence: '1e3' }, { ce_position: '9'.repeat(17) }, { ce_position: '' }])('has no place with %j', (headers) => {
    const message = internalMessage(event, 0);
    expect(placeOf(received({ ...message, headers: { ...message.headers, ...headers } }))).toBeUndefined();
  });
});
