import { patchClient, PATCHED_VERSION } from './client-patches';

describe('the patches of the client', () => {
  it('are for one version, and refuse any other', () => {
    expect(() => patchClient('2.2.5')).toThrow(/kafkajs is 2.2.5, and its patches are for 2.2.4/);
    expect(() => patchClient()).not.toThrow();
    expect(() => patchClient(PATCHED_VERSION)).not.toThrow();
  });
});
