import type { Settings } from '@tillroll/settings';
import { type Logger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { scrub, withoutSecrets } from './scrub';

export type Log = Logger;

/** Injection token of the {@link Log}. */
export const LOG = Symbol('Log');

/** Only what an error is known to carry: whatever else a library hangs on its errors may be a secret. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const cause = error.cause instanceof Error ? { cause: error.cause.message } : {};
  return { type: error.name, message: error.message, ...code, ...cause, stack: error.stack };
}

/** Where lines go; each ends with a line break. */
export interface LogLines {
  write(line: string): void;
}

/** The log of the process, on standard output unless told otherwise. Secrets, tokens and e-mail addresses never reach it. */
export function createLog({ logLevel, logFormat }: Pick<Settings, 'logLevel' | 'logFormat'>, lines: LogLines = process.stdout): Log {
  const target: LogLines = logFormat === 'pretty' ? prettyLines(lines) : lines;
  return pino(
    {
      level: logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: describeError },
      formatters: { level: (level) => ({ level }), log: (fields) => withoutSecrets(fields) as Record<string, unknown> },
    },
    { write: (line: string) => target.write(scrub(line)) },
  );
}

function prettyLines(lines: LogLines): LogLines {
  const format = prettyFactory({ colorize: process.stdout.isTTY === true, translateTime: 'SYS:HH:MM:ss.l', levelKey: 'level', singleLine: true });
  return { write: (line) => void lines.write(format(line)) };
}
