import type { EventContract } from './event-contract';

type Data = Readonly<Record<string, unknown>>;

/**
 * Publishes stored data under a contract whose fields have the same names: the contract's fields and no others leave
 * the context.
 */
export function publicationOf(contract: EventContract): { type: string; visibility: 'public' | 'internal'; data: (stored: Data) => Data } {
  const fields = Object.keys(contract.data.properties);
  return {
    type: contract.type,
    visibility: contract.visibility,
    data(stored) {
      const published: Record<string, unknown> = {};
      for (const field of fields) if (stored[field] !== undefined) published[field] = stored[field];
      return published;
    },
  };
}

/** Publications of contracts whose export name is the stored event type. */
export const publicationsOf = (contracts: Readonly<Record<string, EventContract>>) =>
  Object.fromEntries(Object.entries(contracts).map(([storedType, contract]) => [storedType, publicationOf(contract)]));
