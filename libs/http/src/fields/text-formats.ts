import { isUuid } from '@tillroll/kernel';
import { CURRENCIES } from './iso-4217';

const E_MAIL = /^[^\s@"<>(),:;\\[\]\u0000-\u001f\u007f]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$/;
const PRODUCT_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

export const isProductId = (text: string): boolean => PRODUCT_ID.test(text);

const isEmail = (text: string): boolean => text.length <= 254 && E_MAIL.test(text);

const LONGEST_URL = 2000;

/** A name in letters, digits, dots and dashes, or an address: others work in some programs only. */
const PLAIN_HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/;

function isHttpUrl(text: string): boolean {
  if (text.length > LONGEST_URL || /\s/.test(text)) return false;
  const url = URL.parse(text);
  return (
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    PLAIN_HOST.test(url.hostname) &&
    url.username === '' &&
    url.password === '' &&
    url.href.length <= LONGEST_URL
  );
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

const isTime = (text: string): boolean => TIME.test(text) && !Number.isNaN(Date.parse(text));

/** Formats of text by their JSON Schema name. */
export const TEXT_FORMATS = {
  uuid: isUuid,
  email: isEmail,
  uri: isHttpUrl,
  'date-time': isTime,
  'iso-4217': (text: string): boolean => CURRENCIES.has(text),
  'product-id': isProductId,
} as const satisfies Readonly<Record<string, (text: string) => boolean>>;

export type TextFormat = keyof typeof TEXT_FORMATS;
