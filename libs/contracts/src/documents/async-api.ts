import type { StoredContract } from '../all-contracts';
import type { EventContract } from '../event-contract';
import { schemaIdOf } from '../schema-id';
import { exampleOf, exampleSubjectOf } from './examples';
import { type Json, jsonSchemaOf } from './json-schema';

const text = (description: string): Json => ({ type: 'string', description });

/** CloudEvents 1.0 attributes as headers of a message on Kafka (binary mode); in the HTTP feed they stand beside `data`. */
const HEADERS: Json = {
  type: 'object',
  required: ['ce_specversion', 'ce_id', 'ce_type', 'ce_source', 'ce_subject', 'ce_time', 'ce_dataschema', 'ce_sequence', 'ce_correlationid', 'ce_causationid', 'ce_actor'],
  properties: {
    ce_specversion: { const: '1.0' },
    ce_id: { type: 'string', format: 'uuid', description: 'The same for every delivery of the event.' },
    ce_type: text('tillroll.<context>.<event>.v<n>'),
    ce_source: text('/tillroll/<context>'),
    ce_subject: text('The stream. Order is promised within it only.'),
    ce_time: { type: 'string', format: 'date-time' },
    ce_dataschema: text('The $id of the JSON Schema of the data.'),
    ce_sequence: text('The revision in the stream, a decimal number. Rises, with gaps.'),
    ce_correlationid: text('The same for everything that one request set off.'),
    ce_causationid: text('The event or request that led to this one.'),
    ce_traceparent: text('W3C Trace Context.'),
    ce_actor: text('customer:<id>, admin:<id> or system:<part>'),
  },
};

/** AsyncAPI 3.0 of the public events: one channel for each context, the same events on Kafka and in the HTTP feed. */
export function asyncApiOf(contracts: readonly StoredContract[], version: string): Json {
  const events = contracts.map(({ contract }) => contract);
  const contexts = [...new Set(events.map(({ context }) => context))];
  const of = (context: string) => events.filter((event) => event.context === context);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Tillroll public events',
      version,
      description:
        'What other services consume. Delivered at least once, in order per stream; not promised: order across streams. ' +
        'A released version of an event never changes, it only gains optional fields. ' +
        'In one process the same events are an HTTP feed, `GET /v1/events?context=&after=&limit=`, as CloudEvents 1.0 in structured mode. ' +
        "Personal data is sealed with the customer's key.",
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(contexts.map((context) => [context, channelOf(context, of(context))])),
    operations: Object.fromEntries(contexts.map((context) => [`publish-${context}`, operationOf(context, of(context))])),
    components: {
      messages: Object.fromEntries(events.map((event) => [event.type, messageOf(event)])),
      schemas: Object.fromEntries(events.map((event) => [event.type, schemaOf(event)])),
      messageTraits: { cloudEvent: { headers: HEADERS } },
    },
  };
}

/** Without its own name: references in the document are relative to the document. */
function schemaOf(event: EventContract): Json {
  const { $schema: _dialect, $id: _name, ...schema } = jsonSchemaOf(event);
  return schema;
}

const channelOf = (context: string, events: readonly EventContract[]): Json => ({
  address: `tillroll.${context}.v1`,
  description: `The public events of the ${context} context. The key is the stream.`,
  messages: Object.fromEntries(events.map(({ type }) => [type, { $ref: `#/components/messages/${type}` }])),
});

const operationOf = (context: string, events: readonly EventContract[]): Json => ({
  action: 'send',
  channel: { $ref: `#/channels/${context}` },
  messages: events.map(({ type }) => ({ $ref: `#/channels/${context}/messages/${type}` })),
});

const messageOf = (event: EventContract): Json => ({
  name: event.type,
  title: event.name,
  summary: event.description,
  contentType: 'application/json',
  traits: [{ $ref: '#/components/messageTraits/cloudEvent' }],
  payload: { $ref: `#/components/schemas/${event.type}` },
  bindings: { kafka: { key: { type: 'string', description: 'The stream id.' } } },
  examples: [
    {
      headers: { ce_specversion: '1.0', ce_type: event.type, ce_source: `/tillroll/${event.context}`, ce_subject: exampleSubjectOf(event), ce_dataschema: schemaIdOf(event.type) },
      payload: exampleOf(event),
    },
  ],
});
