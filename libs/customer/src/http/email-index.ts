import { createHmac, randomBytes } from 'node:crypto';
import type { SecretStore } from '@tillroll/secrets';

const KEY = 'customer/email-index';

/** Where an e-mail address is looked up: by a keyed hash, which tells nothing to whoever does not have the key. */
export class EmailIndex {
  private key: Promise<Buffer> | undefined;

  constructor(private readonly secrets: SecretStore) {}

  /** The same for every way of writing one address. */
  async placeOf(email: string): Promise<string> {
    return createHmac('sha256', await this.keyOnce()).update(email.trim().normalize('NFKC').toLowerCase()).digest('hex');
  }

  /** A failure is not kept: the next call asks again. */
  private keyOnce(): Promise<Buffer> {
    this.key ??= this.ask().catch((error: unknown) => {
      this.key = undefined;
      throw error;
    });
    return this.key;
  }

  private async ask(): Promise<Buffer> {
    return (await this.secrets.get(KEY)) ?? this.secrets.putIfAbsent(KEY, randomBytes(32));
  }
}
