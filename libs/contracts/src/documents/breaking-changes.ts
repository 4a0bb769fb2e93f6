import type { Json } from './json-schema';

/** Say nothing about which data is valid. */
const WORDS = new Set(['$schema', '$id', 'title', 'description', 'examples']);

/**
 * What a released schema promised and the present one does not keep, each with its path. Only this is allowed:
 * other words, and new fields that are not required.
 */
export function breakingChanges(released: unknown, present: unknown, path = ''): readonly string[] {
  if (isObject(released) && isObject(present)) return inObject(released, present, path);
  if (Array.isArray(released) && Array.isArray(present) && released.length === present.length)
    return released.flatMap((item, i) => breakingChanges(item, present[i], `${path}/${i}`));
  return released === present ? [] : [`${path} changed from ${JSON.stringify(released)} to ${JSON.stringify(present)}`];
}

function inObject(released: Json, present: Json, path: string): readonly string[] {
  const rules = [...new Set([...Object.keys(released), ...Object.keys(present)])].filter((rule) => !WORDS.has(rule));
  return rules.flatMap((rule) => {
    const [before, now] = [released[rule], present[rule]];
    if (rule === 'properties' && isObject(before) && isObject(now)) return inProperties(before, now, `${path}/properties`);
    if (rule === 'required' && Array.isArray(before) && Array.isArray(now)) return inRequired(before, now, path);
    return breakingChanges(before, now, `${path}/${rule}`);
  });
}

/** Names of fields, not rules: a field may be called `title`. A new one must not be required, which `required` tells. */
const inProperties = (released: Json, present: Json, path: string): readonly string[] =>
  Object.keys(released).flatMap((field) =>
    field in present ? breakingChanges(released[field], present[field], `${path}/${field}`) : [`${path}/${field} is gone`],
  );

function inRequired(released: readonly unknown[], present: readonly unknown[], path: string): readonly string[] {
  const gone = released.filter((field) => !present.includes(field)).map((field) => `${path}/required no longer names ${String(field)}`);
  const added = present.filter((field) => !released.includes(field)).map((field) => `${path}/required now names ${String(field)}`);
  return [...gone, ...added];
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
