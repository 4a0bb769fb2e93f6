import { type Answer, ShopClient } from '../support/shop-client';

/** A write with a key of its own; sent again with it until it is answered. */
export interface KeyedWrite {
  readonly token: string;
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly key: string;
}

export interface Answered {
  readonly write: KeyedWrite;
  readonly answer: Answer;
  /** It was answered at once: whoever sent it was told, whatever happens to the shop afterwards. */
  readonly isFirst: boolean;
}

/** Where the shop is at present; undefined while it is down. */
export interface Whereabouts {
  readonly url: () => string | undefined;
}

/** Refusals that pass by themselves, and answers of a shop that is starting or stopping. */
const isPassing = ({ status, body }: Answer): boolean =>
  status >= 500 || (status === 409 && ['cart_locked', 'idempotency_in_flight', 'conflict'].includes(body?.code));

const AGAIN_MS = 20;
const TRIES = 1_500;

/** Sends as clients should that want one outcome: the same request, until it is answered. */
export class KeyedWrites {
  /** Everything that was answered, in the order of the answers. */
  readonly answered: Answered[] = [];

  constructor(private readonly shop: Whereabouts) {}

  async send(write: KeyedWrite): Promise<Answer> {
    let last = 'nobody answered';
    for (let tries = 0; tries < TRIES; tries++) {
      const answer = await this.once(write);
      if (answer !== undefined && !isPassing(answer)) {
        this.answered.push({ write, answer, isFirst: tries === 0 });
        return answer;
      }
      if (answer !== undefined) last = `${answer.status} ${JSON.stringify(answer.body)}`;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    throw new Error(`${write.method} ${write.path} was never answered for good: ${last}`);
  }

  /** Undefined when there was no answer. */
  once({ token, method, path, body, key }: KeyedWrite): Promise<Answer | undefined> {
    return this.ask(token, (client) => client.request(method, path, { key, ...(body === undefined ? {} : { body }) }));
  }

  /** Undefined when there was no answer. */
  read(token: string, path: string): Promise<Answer | undefined> {
    return this.ask(token, (client) => client.get(path));
  }

  private async ask(token: string, question: (client: ShopClient) => Promise<Answer>): Promise<Answer | undefined> {
    const url = this.shop.url();
    if (url === undefined) return undefined;
    try {
      return await question(new ShopClient(url, token));
    } catch {
      return undefined;
    }
  }
}
