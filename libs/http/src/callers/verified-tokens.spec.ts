import { VirtualClock } from '@tillroll/testing';
import { VerifiedTokens } from './verified-tokens';

function setUp() {
  const clock = new VirtualClock();
  const revoked = new Set<string>();
  const verified: string[] = [];
  const verifier = {
    verify: async (token: string) => {
      verified.push(token);
      return token.startsWith('bad') ? undefined : { customerId: token, roles: ['admin'], expiresAt: clock.now() + 1000 };
    },
  };
  return { clock, revoked, verified, tokens: new VerifiedTokens(verifier, { isRevoked: (id) => revoked.has(id) }, clock) };
}

describe('verified tokens', () => {
  it('are verified once', async () => {
    const { tokens, verified } = setUp();
    expect(await tokens.callerOf('ann')).toEqual({ customerId: 'ann', roles: ['admin'], isAdmin: true });
    expect(tokens.callerOf('ann')).toEqual({ customerId: 'ann', roles: ['admin'], isAdmin: true });
    expect(verified).toEqual(['ann']);
  });

  it('are not remembered when they are no good', async () => {
    const { tokens, verified } = setUp();
    for (let n = 0; n < 2; n++) expect(await tokens.callerOf('bad')).toBeUndefined();
    expect(await tokens.callerOf('x'.repeat(5000))).toBeUndefined();
    expect(verified).toEqual(['bad', 'bad']);
  });

  it('end with their time, or when their customer is revoked', async () => {
    const { tokens, clock, revoked } = setUp();
    await tokens.callerOf('ann');
    await tokens.callerOf('bob');
    revoked.add('ann');
    expect(await tokens.callerOf('ann')).toBeUndefined();
    await clock.advance(1000);
    expect(tokens.callerOf('bob')).toBeUndefined();
  });

  it('are forgotten when many others came since, but not those in use', async () => {
    const { tokens, verified } = setUp();
    await tokens.callerOf('used');
    await tokens.callerOf('unused');
    for (let n = 0; n < 25_000; n++) {
      await tokens.callerOf(`other ${n}`);
      if (n % 1000 === 0) await tokens.callerOf('used');
    }
    await tokens.callerOf('unused');
    expect(verified.filter((token) => token === 'used')).toHaveLength(1);
    expect(verified.filter((token) => token === 'unused')).toHaveLength(2);
  });
});
