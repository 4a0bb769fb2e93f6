/** Jest's matchers, with a type that can be checked. */
export const anyText: unknown = expect.any(String);

export const textWith = (part: string): unknown => expect.stringContaining(part);

export const textLike = (pattern: RegExp): unknown => expect.stringMatching(pattern);
