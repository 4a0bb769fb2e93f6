import { webhookHeaders, webhookKey } from '@tillroll/sandbox-gateway/webhooks/sign-webhook';
import { expecting, ShopClient } from './shop-client';

/** For `WEBHOOK_SECRET`, so that a test can sign as the provider does. */
export const WEBHOOK_SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

export interface Intent {
  readonly id: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly amount: number;
  readonly currency: string;
  readonly captured: number;
  readonly refunded: number;
  readonly status: string;
  readonly method: string;
  readonly nextAction?: { readonly url: string };
}

export interface Misbehaviour {
  readonly delayMs?: number;
  readonly duplicate?: number;
  readonly drop?: number;
  readonly reorder?: number;
  readonly errorRate?: number;
  readonly hangRate?: number;
}

/** The stand-in payment provider of a shop, as its own merchants and customers use it. */
export class Provider {
  readonly api: ShopClient;

  constructor(private readonly shop: ShopClient) {
    this.api = new ShopClient(shop.url, 'sk_sandbox');
  }

  /** What is left out is switched off. */
  async misbehave(how: Misbehaviour): Promise<void> {
    await expecting(200, this.api.put('/sandbox/v1/chaos', how));
  }

  behave(): Promise<void> {
    return this.misbehave({});
  }

  async intentsOf(orderId: string): Promise<readonly Intent[]> {
    return (await expecting(200, this.api.get(`/sandbox/v1/intents?orderId=${orderId}&limit=100`))).data;
  }

  create(request: Readonly<Record<string, unknown>>, key: string): Promise<Intent> {
    return expecting(201, this.api.post('/sandbox/v1/intents', request, { key }));
  }

  /** The customer answers on the hosted page of the intent. Resolves with the status. */
  async answer(intentId: string, outcome: 'approve' | 'decline'): Promise<number> {
    const response = await fetch(`${this.shop.url}/sandbox/checkout/${intentId}`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ outcome }) });
    await response.arrayBuffer();
    return response.status;
  }

  /** Sends a genuine message about the intent, whatever the intent really is. Resolves with the status of the answer. */
  async tell(eventId: string, type: string, data: object): Promise<number> {
    const body = JSON.stringify({ type, timestamp: new Date().toISOString(), data });
    const headers = webhookHeaders(webhookKey(WEBHOOK_SECRET), eventId, Math.floor(Date.now() / 1000), body);
    const response = await fetch(`${this.shop.url}/v1/webhooks/sandbox`, { method: 'POST', headers, body });
    await response.arrayBuffer();
    return response.status;
  }
}
