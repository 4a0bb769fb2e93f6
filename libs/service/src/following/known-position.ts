import { BEGINNING } from '@tillroll/event-store';

/** The highest position that this process has met, in what it wrote and in what it read. */
export class KnownPosition {
  private highest = BEGINNING;

  get position(): number {
    return this.highest;
  }

  met(position: number): void {
    if (position > this.highest) this.highest = position;
  }
}
