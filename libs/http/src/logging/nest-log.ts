import type { LoggerService } from '@nestjs/common';
import type { Log } from './log';

/** What `listen` logs it also rejects with: whoever called it says it better. */
const isToldByRejection = (message: unknown): boolean => typeof message === 'string' && /^Error: (listen|getaddrinfo) E/.test(message);

/** Nest's log messages in our log. Start-up chatter of the framework is debug for us. */
export function nestLog(log: Log): LoggerService {
  const context = (parameters: readonly unknown[]) => {
    const last = parameters.at(-1);
    return typeof last === 'string' ? { context: last } : {};
  };
  const text = (message: unknown): string => (typeof message === 'string' ? message : message instanceof Error ? message.message : JSON.stringify(message));
  return {
    log: (message: unknown, ...parameters: unknown[]) => log.debug(context(parameters), text(message)),
    debug: (message: unknown, ...parameters: unknown[]) => log.debug(context(parameters), text(message)),
    verbose: (message: unknown, ...parameters: unknown[]) => log.trace(context(parameters), text(message)),
    warn: (message: unknown, ...parameters: unknown[]) => log.warn(context(parameters), text(message)),
    error: (message: unknown, ...parameters: unknown[]) =>
      log[isToldByRejection(message) ? 'debug' : 'error']({ ...context(parameters), ...(message instanceof Error ? { err: message } : {}) }, text(message)),
    fatal: (message: unknown, ...parameters: unknown[]) => log.fatal({ ...context(parameters), ...(message instanceof Error ? { err: message } : {}) }, text(message)),
  };
}
