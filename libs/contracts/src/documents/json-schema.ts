import type { EventContract } from '../event-contract';
import { schemaIdOf } from '../schema-id';
import { exampleOf } from './examples';

export type Json = Readonly<Record<string, unknown>>;

/** JSON Schema 2020-12 of the event's data, with an example. Open: readers must accept fields that they do not know. */
export function jsonSchemaOf(contract: EventContract): Json {
  const { $id: _id, ...data } = JSON.parse(JSON.stringify(contract.data)) as Record<string, unknown>;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: schemaIdOf(contract.type),
    title: contract.type,
    description: contract.description,
    ...data,
    examples: [exampleOf(contract)],
  };
}
