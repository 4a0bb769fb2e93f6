/** Jest's matcher, with a type that can be checked. */
export const textLike = (pattern: RegExp): unknown => expect.stringMatching(pattern);
