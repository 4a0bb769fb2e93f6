/**
 * Spaces out the pages of the live feed, so that a document that several events change in a row is written once. A
 * reader who waits ends the pause. Real time on purpose: it groups writes and decides nothing.
 */
export class Pace {
  private hurried = false;
  private end: (() => void) | undefined;

  constructor(private readonly pauseMs: number) {}

  /** Resolves after the pause, or as soon as somebody is in a hurry. */
  async pause(): Promise<void> {
    if (!this.hurried && this.pauseMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.pauseMs);
        this.end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.hurried = false;
    this.end = undefined;
  }

  /** Ends the pause, or lets the next one fall away. */
  hurry(): void {
    this.hurried = true;
    this.end?.();
  }
}
