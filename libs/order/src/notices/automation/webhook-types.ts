import { cart, customer, type EventContract, inventory, order, payment } from '@tillroll/contracts';

/** What endpoints may be told: the public events, and that money went back (which a customer is told too). */
const tellable: readonly EventContract[] = [
  ...[cart, customer, inventory, order, payment].flatMap((contracts) => Object.values<EventContract>(contracts)).filter(({ visibility }) => visibility === 'public'),
  order.PaymentReturned,
];

const typesByWord = new Map<string, string>(tellable.flatMap(({ type, name }) => [[type, type], [name, type]]));

/** The full types that endpoints may be told of. */
export const tellableTypes: readonly string[] = tellable.map(({ type }) => type);

/** Whether an endpoint may ask for it: a full event type, or the name of an event. */
export const isTellable = (word: string): boolean => typesByWord.has(word);

/** The word by which the endpoint asked for events of this type; undefined when it did not. */
export const wordFor = (eventType: string, words: readonly string[]): string | undefined => words.find((word) => typesByWord.get(word) === eventType);
