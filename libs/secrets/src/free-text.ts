import { isSealed } from './aes-personal-data';
import type { PersonalData } from './personal-data';

/** What people write in their own words. They write names and addresses there too, so it goes with the customer's key. */
const FREE_TEXTS = ['reason', 'note'] as const;

export interface FreeTexts {
  readonly reason?: string | undefined;
  readonly note?: string | undefined;
}

type Told = { reason?: string; note?: string };

/** To be stored: what is given is sealed, what is not is left out, as is everything about a forgotten customer. */
export async function sealedTexts(personalData: PersonalData, customerId: string, texts: FreeTexts): Promise<Told> {
  const sealed: Told = {};
  try {
    for (const name of FREE_TEXTS) {
      const text = texts[name];
      if (text !== undefined) sealed[name] = await personalData.seal(customerId, text);
    }
  } catch (error) {
    if (error instanceof TypeError) return {};
    throw error;
  }
  return sealed;
}

/**
 * To be shown: the same with its free texts readable, or left out once the customer is forgotten. The shop's own words
 * (`stock_lost`) are not sealed and stay.
 */
export async function withReadableTexts<T extends object>(personalData: PersonalData, customerId: string, told: T): Promise<T> {
  const shown = { ...told } as Record<string, unknown>;
  for (const name of FREE_TEXTS) {
    const text = shown[name];
    if (!isSealed(text)) continue;
    const readable = await personalData.unseal<string>(customerId, text);
    if (readable === undefined) delete shown[name];
    else shown[name] = readable;
  }
  return shown as T;
}
