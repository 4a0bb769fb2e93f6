import { endBecauseOf } from './exit-codes';

/** What a program runs until it is told to stop. */
export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

const LONGEST_STOP_MS = 25_000;

/**
 * Starts, says where it answers, and stops on SIGTERM and SIGINT: requests that were begun are answered; what takes
 * longer than the promised 30 s is left to the next start.
 */
export function runProgram(title: string, start: () => Promise<Running>): void {
  let isStopping = false;
  const starting = (async () => start())();
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(0), LONGEST_STOP_MS).unref();
    starting.then((running) => running.stop()).then(() => process.exit(0), endBecauseOf);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  starting.then(({ url }) => process.stdout.write(`${title} is open at ${url}\n`)).catch(endBecauseOf);
}
