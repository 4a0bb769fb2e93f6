import type { StreamingRead } from '@eventstore/db-client';

export interface PageOptions {
  readonly size: number;
  /** A read that yields nothing for so long has failed: the client would wait for ever. */
  readonly silenceMs: number;
}

/** The server does not answer, though the connection seems to be there. */
export class Silent extends Error {
  override readonly name = 'Silent';
}

/**
 * What a read of the client yields, in pages; the client's stream waits while a page is looked at. However it is left, the call is
 * ended: the client itself leaks a call that is not read to its end.
 */
export async function* pagesOf<T>(stream: StreamingRead<T>, { size, silenceMs }: PageOptions): AsyncGenerator<readonly T[], void, undefined> {
  let page: T[] = [];
  let isOver = false;
  let failure: Error | undefined;
  let lastHeard = Date.now();
  let wake = () => {};
  stream.on('data', (item: T) => {
    lastHeard = Date.now();
    page.push(item);
    if (page.length < size) return;
    stream.pause();
    wake();
  });
  stream.on('end', () => {
    isOver = true;
    wake();
  });
  stream.on('error', (error: Error) => {
    failure ??= error;
    wake();
  });
  try {
    for (;;) {
      lastHeard = Date.now();
      while (page.length < size && !isOver && failure === undefined) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, silenceMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        if (page.length < size && !isOver && failure === undefined && Date.now() - lastHeard >= silenceMs) failure = new Silent(`nothing was read for ${silenceMs} ms`);
      }
      const full = page;
      page = [];
      if (full.length > 0) yield full;
      if (failure !== undefined) throw failure;
      if (isOver && page.length === 0) return;
      stream.resume();
    }
  } finally {
    // Also ends a call that has failed on our side only.
    if (!isOver) stream.cancel().catch(() => undefined);
  }
}
