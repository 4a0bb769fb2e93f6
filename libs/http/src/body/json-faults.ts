import { SyntaxKind, ScanError, createScanner } from 'jsonc-parser';
import type { Fault } from '../problems/refusals';
import { pointerStep } from './json-pointer';
import { DEEPEST, FORBIDDEN_KEYS, isExact } from './json-text';

interface Container {
  readonly kind: 'object' | 'array';
  readonly keys: Set<string>;
  /** The pointer's step to the value being read. */
  step: string;
}

/** More faults than that help nobody. */
const MOST_FAULTS = 20;

const isTrivia = (token: SyntaxKind): boolean => token === SyntaxKind.Trivia || token === SyntaxKind.LineBreakTrivia;

/**
 * Every fault of a JSON text with its place, in reading order, at most 20; it stops at the first error of syntax.
 * Takes a bounded stack whatever the text. For texts that have a fault: slow.
 */
export function jsonFaults(text: string): readonly Fault[] {
  const scanner = createScanner(text, false);
  const open: Container[] = [];
  const faults: Fault[] = [];

  const pointer = (): string => open.map(({ step }) => step).join('');
  const add = (code: string, message: string, at = pointer()): void => {
    if (faults.length < MOST_FAULTS) faults.push({ pointer: at, code, message });
  };
  const next = (): SyntaxKind => {
    let token = scanner.scan();
    while (isTrivia(token)) token = scanner.scan();
    return token;
  };
  const syntax = (): readonly Fault[] => {
    add('syntax', `not valid JSON at line ${scanner.getTokenStartLine() + 1}, column ${scanner.getTokenStartCharacter() + 1}`);
    return faults;
  };
  const checkText = (value: string, what: string): void => {
    if (value.includes('\u0000')) add('not_text', `${what} contains NUL`);
    if (!value.isWellFormed()) add('not_text', `${what} contains half of a surrogate pair`);
  };

  /** Reads a key and its colon; false when there is none. */
  function key(token: SyntaxKind, container: Container): boolean {
    if (token !== SyntaxKind.StringLiteral || scanner.getTokenError() !== ScanError.None) return false;
    const name = scanner.getTokenValue();
    container.step = pointerStep(name.toWellFormed());
    if (container.keys.has(name)) add('duplicate_key', 'the key stands here twice');
    if (FORBIDDEN_KEYS.has(name)) add('forbidden_key', 'the key is not allowed');
    container.keys.add(name);
    checkText(name, 'the key');
    return next() === SyntaxKind.ColonToken;
  }

  let token = next();
  for (;;) {
    // a value begins at `token`
    let closed = true;
    switch (token) {
      case SyntaxKind.OpenBraceToken:
      case SyntaxKind.OpenBracketToken: {
        const isObject = token === SyntaxKind.OpenBraceToken;
        if (open.length >= DEEPEST) {
          add('too_deep', `objects and arrays are nested deeper than ${DEEPEST}`);
          return faults;
        }
        const container: Container = { kind: isObject ? 'object' : 'array', keys: new Set(), step: '' };
        const first = next();
        if (first === (isObject ? SyntaxKind.CloseBraceToken : SyntaxKind.CloseBracketToken)) break;
        open.push(container);
        closed = false;
        if (!isObject) {
          container.step = pointerStep(0);
          token = first;
        } else {
          if (!key(first, container)) return syntax();
          token = next();
        }
        break;
      }
      case SyntaxKind.StringLiteral:
        if (scanner.getTokenError() !== ScanError.None) return syntax();
        checkText(scanner.getTokenValue(), 'the text');
        break;
      case SyntaxKind.NumericLiteral:
        if (scanner.getTokenError() !== ScanError.None) return syntax();
        if (!isExact(scanner.getTokenValue())) add('inexact_number', 'the number is too large or too precise to be kept exactly');
        break;
      case SyntaxKind.TrueKeyword:
      case SyntaxKind.FalseKeyword:
      case SyntaxKind.NullKeyword:
        break;
      default:
        return syntax();
    }
    if (!closed) continue;

    // a value has ended: what follows is for its container
    for (;;) {
      const container = open.at(-1);
      const after = next();
      if (container === undefined) return after === SyntaxKind.EOF ? faults : syntax();
      if (after === SyntaxKind.CommaToken) {
        token = next();
        if (container.kind === 'object') {
          container.step = '';
          if (!key(token, container)) return syntax();
          token = next();
        } else container.step = pointerStep(Number(container.step.slice(1)) + 1);
        break;
      }
      if (after !== (container.kind === 'object' ? SyntaxKind.CloseBraceToken : SyntaxKind.CloseBracketToken)) return syntax();
      open.pop();
    }
  }
}
