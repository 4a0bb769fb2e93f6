/** Of all topics and consumer groups, unless a test wants its own. */
export const DEFAULT_PREFIX = 'tillroll';

/** For everyone: the public events of a context. */
export const publicTopic = (context: string, prefix = DEFAULT_PREFIX): string => `${prefix}.${context}.v1`;

/**
 * For our own consumers: every event of a context, the public ones too. One topic, because the order of a subject has to
 * hold across both.
 */
export const internalTopic = (context: string, prefix = DEFAULT_PREFIX): string => `${prefix}.${context}.internal.v1`;

export const groupOf = (consumer: string, prefix = DEFAULT_PREFIX): string => `${prefix}.${consumer}`;

/** `tillroll.<context>.<event>.v<n>` */
export function contextOf(type: string): string {
  const context = type.split('.')[1];
  if (context === undefined || context === '') throw new TypeError(`${type} does not name a context`);
  return context;
}
