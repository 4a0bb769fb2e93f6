import { parseDuration } from './duration';

describe('an ISO 8601 duration', () => {
  it.each([
    ['PT30M', 1_800_000],
    ['PT2M', 120_000],
    ['PT0.5S', 500],
    ['PT0.25S', 250],
    ['P1DT12H', 129_600_000],
    ['P1DT2H3M4.005S', 93_784_005],
    ['P2W', 1_209_600_000],
    ['PT0S', 0],
  ])('%s is %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', 'P', 'PT', 'P1DT', '30M', 'PT30', 'pt30m', 'PT30M ', 'PT-1S', 'P1M', 'P1Y', 'PT1.5H', 'PT1S1M', 'P1W1D', 'PT1.0001S', '1800'])(
    '%j is none',
    (text) => expect(parseDuration(text)).toBeUndefined(),
  );
});
