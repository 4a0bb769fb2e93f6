import type { RecordedEvent } from '@tillroll/event-store';

/** Where a command's events are in its stream. */
export interface Remembered {
  readonly first: number;
  readonly last: number;
}

/** Commands of consumers repeat soon after a crash or not at all; those with an idempotency key for days. */
const RECENT = 256;
const RECENT_KEYED = 1024;

/** The commands that a stream has lately carried out, so that a repeated one meets its first outcome. */
export class CommandMemory {
  private readonly unkeyed = new Map<string, Remembered>();
  private readonly keyed = new Map<string, Remembered>();

  find(commandId: string): Remembered | undefined {
    return this.keyed.get(commandId) ?? this.unkeyed.get(commandId);
  }

  remember(commandId: string, where: Remembered, keyed: boolean): void {
    const [memory, limit] = keyed ? [this.keyed, RECENT_KEYED] : [this.unkeyed, RECENT];
    memory.set(commandId, where);
    if (memory.size > limit) for (const oldest of memory.keys()) return void memory.delete(oldest);
  }

  rememberRecorded(event: Pick<RecordedEvent, 'metadata' | 'revision'>): void {
    const { commandId, keyed } = event.metadata;
    const known = this.find(commandId);
    this.remember(commandId, { first: known?.first ?? event.revision, last: event.revision }, keyed === true);
  }

  encode(): unknown {
    return { unkeyed: [...this.unkeyed], keyed: [...this.keyed] };
  }

  static decode(json: unknown): CommandMemory {
    const memory = new CommandMemory();
    const { unkeyed, keyed } = json as { unkeyed: [string, Remembered][]; keyed: [string, Remembered][] };
    for (const [id, where] of unkeyed) memory.unkeyed.set(id, where);
    for (const [id, where] of keyed) memory.keyed.set(id, where);
    return memory;
  }
}
