import { hashPassword, isPassword } from './passwords';

describe('a password', () => {
  it('is known by its hash only', async () => {
    const hash = await hashPassword('correct horse');
    expect(hash).not.toContain('correct');
    expect(await isPassword('correct horse', hash)).toBe(true);
    expect(await isPassword('correct horsf', hash)).toBe(false);
    expect(await isPassword('', hash)).toBe(false);
  });

  it('has another hash each time', async () => expect(await hashPassword('correct horse')).not.toBe(await hashPassword('correct horse')));

  it('is the same however its letters are composed', async () => expect(await isPassword('cafe\u0301 cafe\u0301', await hashPassword('caf\u00e9 caf\u00e9'))).toBe(true));

  it('is never right where there is no hash', async () => expect(await isPassword('correct horse', undefined)).toBe(false));

  it('is checked with the cost that its hash was made with', async () => {
    const cheap = 'scrypt$16$1$1$AAAA$vv0uf8v6mFtzz3lHUw==';
    expect(await isPassword('anything', cheap)).toBe(false);
  });
});
