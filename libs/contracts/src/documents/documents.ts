import { publicContracts } from '../all-contracts';
import { asyncApiOf } from './async-api';
import { jsonSchemaOf } from './json-schema';
import { storedFixtureOf } from './stored-fixture';

/** A file that is made of the contracts; the path is relative to the repository. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
  /** `schema`: may change compatibly only. `fixture`: never changes once it exists. `document`: changes with the rest. */
  readonly kind: 'schema' | 'fixture' | 'document';
}

const textOf = (json: unknown): string => `${JSON.stringify(json, null, 2)}\n`;

/** Everything that is generated for the public events. */
export function generatedFiles(version: string): readonly GeneratedFile[] {
  const perEvent = publicContracts.flatMap((stored): readonly GeneratedFile[] => [
    { path: `libs/contracts/schemas/${stored.contract.type}.json`, text: textOf(jsonSchemaOf(stored.contract)), kind: 'schema' },
    { path: `libs/contracts/fixtures/${stored.contract.type}/stored.json`, text: textOf(storedFixtureOf(stored)), kind: 'fixture' },
  ]);
  return [...perEvent, { path: 'docs/asyncapi.json', text: textOf(asyncApiOf(publicContracts, version)), kind: 'document' }];
}
