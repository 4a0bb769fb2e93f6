/** Told how far the work is. */
export interface Progress {
  /** Begins a part of the work. `total` events, when it is known. */
  begin(title: string, total?: number): Part;
}

export interface Part {
  /** So many events by now, of so many streams. */
  at(events: number, streams?: number): void;
  end(): void;
}

export const silentProgress: Progress = { begin: () => ({ at: () => undefined, end: () => undefined }) };

const EVERY_MS = 2_000;

/** A line for each part when it ends, and every two seconds while it lasts. */
export function progressLines(write: (line: string) => void, now: () => number = Date.now): Progress {
  return {
    begin(title, total) {
      const begun = now();
      let shown = begun;
      let events = 0;
      let streams: number | undefined;
      const rate = (): number => Math.round((1_000 * events) / Math.max(1, now() - begun));
      const counted = (): string => (streams === undefined ? '' : `, ${shownNumber(streams)} streams`);
      return {
        at(eventsNow, streamsNow) {
          events = eventsNow;
          streams = streamsNow;
          if (now() - shown < EVERY_MS) return;
          shown = now();
          const of = total === undefined ? ' events' : ` of ${shownNumber(total)} events (${Math.floor((100 * events) / Math.max(1, total))} %)`;
          const left = total === undefined ? '' : `, ${duration((1_000 * (total - events)) / Math.max(1, rate()))} left`;
          write(`${title}: ${shownNumber(events)}${of}${counted()}, ${shownNumber(rate())} events/s${left}`);
        },
        end: () => write(`${title}: ${events === 0 && streams === undefined ? 'done' : `${shownNumber(events)} events${counted()}, ${shownNumber(rate())} events/s`} (${duration(now() - begun)})`),
      };
    },
  };
}

export const shownNumber = (value: number): string => value.toLocaleString('en-US');

export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
