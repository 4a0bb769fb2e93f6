import { ProjectionsUnderTest } from '../testing/projections-under-test';
import { groups, tallies } from '../testing/tally';

describe('running projections', () => {
  let projections: ProjectionsUnderTest;

  beforeEach(() => (projections = new ProjectionsUnderTest()));
  afterEach(() => projections.remove());

  it('folds what is appended into documents', async () => {
    await projections.start(tallies(), groups());
    await projections.streams.added('a', 1, 2);
    await projections.streams.added('b', 5);

    expect(await projections.caughtUp()).toBe(true);
    expect(await projections.models.get('tally.tallies', 'tally-a')).toEqual({ key: 'tally-a', group: 'g1', sum: 3, history: [1, 2] });
    expect(await projections.models.get('tally.groups', 'g1')).toEqual({ group: 'g1', count: 3, sum: 8 });
  });
});
