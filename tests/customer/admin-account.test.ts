import { ensureAdminAccount } from '@tillroll/customer';
import { systemClock } from '@tillroll/kernel';
import { CustomerPlace } from './customer-place';

describe('the first admin account', () => {
  let place: CustomerPlace;
  beforeEach(async () => {
    place = await CustomerPlace.open();
  });
  afterEach(() => place.close());

  let announced: string[];
  beforeEach(() => void (announced = []));
  const announce = (password: string) => void announced.push(password);
  const ensure = (email: string, password: string | undefined) => ensureAdminAccount({ accounts: place.accounts, readModels: place.readModels, clock: systemClock }, { email, password, announce });
  const session = (email: string, password: string) => place.client.post('/sessions', { email, password });
  async function rolesOf(email: string, password: string): Promise<readonly string[]> {
    const { accessToken } = (await session(email, password)).body as { readonly accessToken: string };
    const claims = Buffer.from(String(accessToken.split('.')[1]), 'base64url').toString();
    return (JSON.parse(claims) as { readonly roles: readonly string[] }).roles;
  }

  it('is opened once, with the password that was given', async () => {
    expect(await ensure('admin@example.com', 'a given password')).toEqual({});
    await place.settled();
    expect(await ensure('other@example.com', 'a given password')).toEqual({});
    expect(await rolesOf('admin@example.com', 'a given password')).toEqual(['admin', 'ops']);
    expect((await session('other@example.com', 'a given password')).status).toBe(401);
  });

  it('has a password that is made up and told once when none was given', async () => {
    expect(await ensure('admin@example.com', undefined)).toEqual({});
    await place.settled();
    expect(await ensure('admin@example.com', undefined)).toEqual({});
    const [madeUpPassword = '', ...others] = announced;
    expect(others).toEqual([]);
    expect(madeUpPassword.length).toBeGreaterThanOrEqual(20);
    expect((await session('admin@example.com', madeUpPassword)).status).toBe(201);
  });

  it("does not take over somebody's account", async () => {
    await place.client.post('/accounts', { email: 'admin@example.com', password: 'a password of mine', name: 'Ada' });
    expect(await ensure('admin@example.com', undefined)).toEqual({ emailTaken: true });
    expect(announced).toEqual([]);
    expect(await rolesOf('admin@example.com', 'a password of mine')).toEqual([]);
  });
});
