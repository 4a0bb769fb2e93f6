import { hash } from 'node:crypto';

/** The same for all ways of writing the same JSON: the order of keys and white space do not count. */
export const fingerprint = (body: unknown): string => hash('sha256', canonicalJson(body), 'base64url');

function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  const record = value as Readonly<Record<string, unknown>>;
  const fields = Object.keys(record).sort();
  return `{${fields.map((field) => `${JSON.stringify(field)}:${canonicalJson(record[field])}`).join()}}`;
}
