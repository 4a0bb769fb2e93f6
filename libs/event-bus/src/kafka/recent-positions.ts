/** So many are remembered at least. */
const REMEMBERED = 1_024;

/**
 * Knows the last positions that came by. A relay that did not learn that it had published publishes again; this keeps
 * such repeats from the handlers. It forgets what is older: a repeat that slips through is the handler's to recognise.
 */
export class RecentPositions {
  private recent = new Set<number>();
  private before = new Set<number>();

  /** True when it was there already. */
  add(position: number): boolean {
    if (this.recent.has(position) || this.before.has(position)) return true;
    this.recent.add(position);
    if (this.recent.size >= REMEMBERED) {
      this.before = this.recent;
      this.recent = new Set();
    }
    return false;
  }
}
