/** The part of a pino logger that the bus speaks to. */
export interface BusLogger {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export const silentLogger: BusLogger = { warn: () => undefined, error: () => undefined };
