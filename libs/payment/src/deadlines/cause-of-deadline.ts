import { uuid5 } from '@tillroll/kernel';
import type { Cause, Deadlines } from '@tillroll/processing';

export type Due = Parameters<Deadlines['due']>[0];

/** A deadline that fires twice gives the same commands twice. */
export function causeOf(kind: string, { key, at }: Due): Cause {
  const commandId = uuid5(kind, key, at);
  return { commandId, correlationId: commandId, causationId: commandId, actor: `system:${kind}` };
}
