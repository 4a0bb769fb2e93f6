import { DirectoryInUse, StoreCorrupted, StoreUnavailable } from '@tillroll/event-store';
import { InvalidSettings } from '@tillroll/settings';

/** What a program ends with when it cannot start, after sysexits.h. */
export interface Ending {
  readonly code: number;
  /** For the person who started it: what is wrong, in a line (settings: a line each). */
  readonly message: string;
}

const SOFTWARE = 70;
const DATA_ERROR = 65;
const UNAVAILABLE = 69;
const IO_ERROR = 74;
const TEMPORARY_FAILURE = 75;

/** Undefined for an error that nobody foresaw: a bug, to be shown with its stack. */
export function endingOf(error: unknown): Ending | undefined {
  if (error instanceof InvalidSettings) return { code: error.exitCode, message: error.message };
  if (error instanceof DirectoryInUse) return { code: TEMPORARY_FAILURE, message: error.message };
  if (error instanceof StoreCorrupted) return { code: DATA_ERROR, message: error.message };
  if (error instanceof StoreUnavailable) return { code: IO_ERROR, message: error.message };
  const { code, address, port } = (error ?? {}) as { code?: string; address?: string; port?: number };
  if (code === 'EADDRINUSE') return { code: UNAVAILABLE, message: `the port ${port} on ${address} is taken: set PORT to another one, or to 0 for any free one` };
  if (code === 'EACCES' && port !== undefined) return { code: UNAVAILABLE, message: `the port ${port} on ${address} may not be used: set PORT to one above 1023` };
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return { code: UNAVAILABLE, message: `HOST is not an address of this machine: ${address ?? ''}` };
  return undefined;
}

/** Ends the process with the error's code, saying why. */
export function endBecauseOf(error: unknown): never {
  const ending = endingOf(error);
  process.stderr.write(`${ending?.message ?? (error instanceof Error ? error.stack : String(error))}\n`);
  process.exit(ending?.code ?? SOFTWARE);
}
