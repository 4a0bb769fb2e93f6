import type { Document, Guards } from '@tillroll/read-models';

/** A document as the server takes it: as it is or, with field names that mean something to the server, as JSON. So are lists of lists, which FerretDB refuses. */
export type KeptContent = { readonly document: Document } | { readonly json: string };

export type ToContent = (document: Document) => KeptContent;

export const toContent: ToContent = (document) => (isPlain(document) ? { document } : toJson(document));
export const toJson: ToContent = (document) => ({ json: JSON.stringify(document) });

export const contentOf = ({ document, json }: { readonly document?: Document; readonly json?: string }): Document | undefined =>
  document ?? (json === undefined ? undefined : (JSON.parse(json) as Document));

/** A list, because streams may have any name. */
export type KeptGuards = readonly { readonly stream: string; readonly revision: number }[];

export const toKeptGuards = (guards: Guards): KeptGuards => Object.entries(guards).map(([stream, revision]) => ({ stream, revision }));
export const guardsOf = (kept: KeptGuards): Guards => Object.fromEntries(kept.map(({ stream, revision }) => [stream, revision]));

/** Operators, paths, what would end a name, and what the driver takes for a value of its own. */
const ODD_NAME = /^\$|[.\0]|^(?:__proto__|_bsontype|toBSON)$/;

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every((inner) => !Array.isArray(inner) && isPlain(inner));
  return Object.entries(value).every(([name, inner]) => !ODD_NAME.test(name) && isPlain(inner));
}
