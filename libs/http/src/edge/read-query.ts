import { isUtf8 } from 'node:buffer';
import { type ParsedUrlQuery, parse } from 'node:querystring';

/** Half of a surrogate pair, for bytes that are no text: a parameter that is read is refused for it like any other text with one. */
const NOT_TEXT = '\ud800';

const ENCODED_BYTE = /%([\da-f]{2})/gi;

function decode(encoded: string): string {
  const bytes = Buffer.from(encoded.replace(ENCODED_BYTE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), 'latin1');
  return isUtf8(bytes) ? bytes.toString() : NOT_TEXT;
}

/** Reads the query of an address. A percent sign that begins no byte stands for itself, as people write it in a search. */
export const readQuery = (query: string): ParsedUrlQuery => parse(query, '&', '=', { maxKeys: 0, decodeURIComponent: decode });
