/** The part of a CloudEvent that the demonstration shows. */
export interface TapedEvent {
  readonly type: string;
  readonly subject: string;
  readonly sequence: number;
  readonly correlationid: string;
}

const nameOf = ({ type }: TapedEvent): string => type.split('.')[2] ?? type;

/** Listens to the live feed of public events and keeps what it hears. */
export class EventTape {
  private readonly heard: TapedEvent[] = [];
  private changed: () => void = () => {};

  private constructor(private readonly ending: AbortController) {}

  static async listen(url: string, token: string): Promise<EventTape> {
    const tape = new EventTape(new AbortController());
    const response = await fetch(`${url}/v1/events`, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` },
      signal: tape.ending.signal,
    });
    if (!response.ok || response.body === null) throw new Error(`the feed of events answered ${response.status}`);
    void tape.read(response.body);
    return tape;
  }

  /** The events of one request, once the last of them (by name) has come; what there is when the time is over first. */
  async eventsOf(correlationId: string, last: string, timeoutMs = 5_000): Promise<readonly TapedEvent[]> {
    const own = () => this.heard.filter((event) => event.correlationid === correlationId);
    const end = Date.now() + timeoutMs;
    while (!own().some((event) => nameOf(event) === last) && Date.now() < end) {
      await new Promise<void>((resolve) => {
        this.changed = resolve;
        setTimeout(resolve, Math.max(0, end - Date.now())).unref();
      });
    }
    return own();
  }

  close(): void {
    this.ending.abort();
  }

  private async read(body: AsyncIterable<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const chunk of body) {
        const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) this.keep(block);
        this.changed();
      }
    } catch (error) {
      if (!this.ending.signal.aborted) throw error;
    }
  }

  private keep(block: string): void {
    const data = block.split('\n').filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trim());
    if (data.length > 0) this.heard.push(JSON.parse(data.join('\n')) as TapedEvent);
  }
}

/** One line for each event. */
export const showEvents = (events: readonly TapedEvent[]): string =>
  events.map((event) => `      ${nameOf(event).padEnd(24)} ${event.subject} #${event.sequence}`).join('\n');
