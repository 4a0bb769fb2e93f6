import type { ShopClient } from '../support/shop-client';

export interface SentEvent {
  readonly id: string;
  readonly event: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A server-sent event stream as a reader sees it. Opened once the promise resolves: what happens from then on comes. */
export async function openEventSource(client: ShopClient, path: string, lastEventId?: string): Promise<{ next(): Promise<SentEvent>; close(): void }> {
  const ending = new AbortController();
  const response = await fetch(`${client.url}/v1${path}`, {
    signal: ending.signal,
    headers: {
      accept: 'text/event-stream',
      authorization: `Bearer ${client.token ?? ''}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
  });
  if (response.status !== 200 || response.body === null) throw new Error(`${path} answered ${response.status} ${await response.text()}`);
  const chunks = response.body.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  let text = '';

  async function block(): Promise<string> {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const found = text.slice(0, end);
        text = text.slice(end + 2);
        return found;
      }
      const { done, value } = await chunks.next();
      if (done === true) throw new Error('the stream has ended');
      text += value;
    }
  }

  return {
    async next() {
      for (;;) {
        const fields = new Map((await block()).split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
        const data = fields.get('data');
        if (data !== undefined) return { id: fields.get('id') ?? '', event: fields.get('event'), data: JSON.parse(data) as SentEvent['data'] };
      }
    },
    close: () => ending.abort(),
  };
}
