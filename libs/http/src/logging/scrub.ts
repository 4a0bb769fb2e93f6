/** What must never be read in a log, wherever it stands in a line. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/(:\/\/)[^\s/"@:]+:[^\s/"@]+@/g, '$1[credentials]@'],
  [/[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*/g, '[e-mail]'],
  [/\bey[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g, '[token]'],
  [/\b(?:Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+/gi, '[credentials]'],
  [/\bwhsec_[A-Za-z0-9+/=]+/g, '[secret]'],
  [/\bsk_[A-Za-z0-9_]+/g, '[secret]'],
];

/** Fields whose values are never written, at any depth. */
const SECRET_FIELD = /password|secret|token|authorization|cookie|credential|api-?key|^key$|e-?mail/i;

const DEEPEST = 6;

/** A copy in which secret fields are blanked. */
export function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  if (depth >= DEEPEST) return '[deep]';
  if (Array.isArray(value)) return value.map((element) => withoutSecrets(element, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => [field, SECRET_FIELD.test(field) ? '[hidden]' : withoutSecrets(inner, depth + 1)]),
  );
}

/** The text without e-mail addresses, tokens and secrets. */
export function scrub(line: string): string {
  let text = line;
  for (const [pattern, replacement] of SECRETS) text = text.replace(pattern, replacement);
  return text;
}
