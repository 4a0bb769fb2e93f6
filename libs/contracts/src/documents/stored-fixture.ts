import type { StoredContract } from '../all-contracts';
import { exampleOf, exampleSubjectOf } from './examples';
import type { Json } from './json-schema';

/**
 * An event as the store returned it when this version was released. Written once and never again: later code must
 * still read it.
 */
export function storedFixtureOf({ storedType, contract }: StoredContract): Json {
  const request = '3e9b1c57-0a4d-5f86-92b7-d8c5e6f1a024';
  return {
    id: '71c4d8e2-5b9f-5a36-8d07-4e2f9c1b6a83',
    streamId: exampleSubjectOf(contract),
    revision: 3,
    position: 41,
    type: storedType,
    data: exampleOf(contract),
    metadata: {
      time: '2026-03-14T09:26:53.589Z',
      commandId: request,
      correlationId: request,
      causationId: request,
      actor: 'customer:0198f2b4-7c1e-7d34-9a51-3f6f0c2b8e11',
    },
  };
}
