import { randomUUID } from 'node:crypto';
import { ADDRESS, type Answer, type ShopClient } from '../support/shop-client';
import { CustomerPlace } from './customer-place';

const password = 'a long enough password';
interface Body {
  readonly customerId: string;
  readonly addressId: string;
  readonly accessToken: string;
  readonly name: string;
  readonly data: readonly { readonly name: string }[];
  readonly page: { readonly next: string | null };
}

const bodyOf = (answer: Answer | undefined): Body => answer?.body as Body;
const aText = expect.any(String) as unknown;
const newEmail = () => `${randomUUID()}@example.com`;

describe('customers over HTTP', () => {
  let place: CustomerPlace;
  beforeAll(async () => {
    place = await CustomerPlace.open();
  });
  afterAll(() => place.close());

  async function signedIn(email = newEmail()): Promise<{ client: ShopClient; customerId: string; email: string }> {
    const { customerId } = bodyOf(await place.client.post('/accounts', { email, password, name: 'Ada Lovelace' }));
    return { client: await place.client.signIn(email, password), customerId, email };
  }

  describe('an account', () => {
    it('is opened, signed in to and shown', async () => {
      const email = newEmail();
      const opened = await place.client.post('/accounts', { email, password, name: 'Ada Lovelace' });
      expect(opened).toMatchObject({ status: 201, body: { customerId: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown } });
      expect(opened.headers.get('location')).toBe('/v1/me');
      const session = await place.client.post('/sessions', { email, password });
      expect(session).toMatchObject({ status: 201, body: { accessToken: aText, tokenType: 'Bearer', expiresIn: expect.any(Number) as unknown } });
      const me = await place.client.as(bodyOf(session).accessToken).get('/me');
      expect(me).toMatchObject({ status: 200, body: { customerId: bodyOf(opened).customerId, email, name: 'Ada Lovelace' } });
      expect(me.headers.get('etag')).not.toBeNull();
    });

    it('has an e-mail address that no other has, however it is written', async () => {
      const { email } = await signedIn();
      for (const written of [email, email.toUpperCase()])
        expect(await place.client.post('/accounts', { email: written, password, name: 'Somebody' })).toMatchObject({ status: 409, body: { code: 'already_exists', field: 'email' } });
      expect((await place.client.post('/sessions', { email: email.toUpperCase(), password })).status).toBe(201);
    });

    it('goes to one of many who open it at once', async () => {
      const email = newEmail();
      const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => place.client.post('/accounts', { email, password: `password ${i}`, name: `Racer ${i}` })));
      expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
      const winner = answers.findIndex(({ status }) => status === 201);
      const client = await place.client.signIn(email, `password ${winner}`);
      expect((await client.get('/me')).body).toMatchObject({ customerId: bodyOf(answers[winner]).customerId, name: `Racer ${winner}` });
      for (const loser of answers.keys()) if (loser !== winner) expect((await place.client.post('/sessions', { email, password: `password ${loser}` })).status).toBe(401);
    });

    it('is not told apart from none when the password is wrong', async () => {
      const { email } = await signedIn();
      const wrong = await place.client.post('/sessions', { email, password: 'not the password' });
      const unknown = await place.client.post('/sessions', { email: newEmail(), password });
      expect(wrong).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
      expect(bodyOf(unknown)).toEqual(bodyOf(wrong));
    });

    it.each([
      ['no e-mail address', { email: 'nobody', password, name: 'x' }, '/email'],
      ['a short password', { email: 'a@example.com', password: '1234567', name: 'x' }, '/password'],
      ['a long password', { email: 'a@example.com', password: 'x'.repeat(129), name: 'x' }, '/password'],
      ['an empty name', { email: 'a@example.com', password, name: '' }, '/name'],
      ['a long name', { email: 'a@example.com', password, name: 'x'.repeat(201) }, '/name'],
      ['a long e-mail address', { email: `${'x'.repeat(250)}@example.com`, password, name: 'x' }, '/email'],
      ['a role', { email: 'a@example.com', password, name: 'x', roles: ['admin'] }, '/roles'],
    ])('is refused with %s', async (_, body, pointer) => {
      expect(await place.client.post('/accounts', body)).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ pointer }] } });
    });

    it('taken over from a claim whose account was never opened', async () => {
      const email = newEmail();
      let broken = true;
      const breaking = await CustomerPlace.open({
        disturb: (personalData) => ({
          ...personalData,
          seal: (customerId, value) => (broken ? Promise.reject(new Error('the process died here')) : personalData.seal(customerId, value)),
        }),
      });
      try {
        await expect(breaking.accounts.open({ email, name: 'Ada' }, password, [], { commandId: randomUUID(), correlationId: 'x', causationId: 'x', actor: 'anyone' })).rejects.toThrow('died');
        broken = false;
        expect((await breaking.client.post('/accounts', { email, password, name: 'Ada' })).status).toBe(201);
        expect((await breaking.log()).filter(({ type }) => type === 'EmailClaimed')).toHaveLength(1);
        await breaking.client.signIn(email, password);
      } finally {
        await breaking.close();
      }
    });
  });

  describe('the address book', () => {
    it('keeps, shows, changes and removes addresses', async () => {
      const { client } = await signedIn();
      const full = { ...ADDRESS, line2: 'Flat 2', region: 'Greater London', phone: '+44 20 7946 0000' };
      const added = await client.post('/me/addresses', full);
      expect(added).toMatchObject({ status: 201, body: full });
      const { addressId } = bodyOf(added);
      expect(added.headers.get('location')).toBe(`/v1/me/addresses/${addressId}`);
      const shown = await client.get(`/me/addresses/${addressId}`);
      expect(shown).toMatchObject({ status: 200, body: { addressId, ...full } });
      expect(shown.headers.get('etag')).toBe(added.headers.get('etag'));
      const changed = await client.put(`/me/addresses/${addressId}`, ADDRESS);
      expect(changed).toMatchObject({ status: 200 });
      expect(changed.body).toEqual({ addressId, ...ADDRESS });
      expect(changed.headers.get('etag')).not.toBe(added.headers.get('etag'));
      expect((await client.get('/me/addresses')).body).toEqual({ data: [{ addressId, ...ADDRESS }], page: { next: null } });
      expect((await client.delete(`/me/addresses/${addressId}`)).status).toBe(204);
      for (const gone of [await client.get(`/me/addresses/${addressId}`), await client.put(`/me/addresses/${addressId}`, ADDRESS), await client.delete(`/me/addresses/${addressId}`)])
        expect(gone).toMatchObject({ status: 404, body: { code: 'not_found' } });
    });

    it('is paged, newest first, and full with 100', async () => {
      const { client } = await signedIn();
      for (let i = 0; i < 100; i++) expect((await client.post('/me/addresses', { ...ADDRESS, name: `Address ${i}` })).status).toBe(201);
      expect(await client.post('/me/addresses', ADDRESS)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
      const names: string[] = [];
      let path = '/me/addresses?limit=30';
      for (;;) {
        const body = bodyOf(await client.get(path));
        names.push(...body.data.map(({ name }) => name));
        if (body.page.next === null) break;
        expect(body.data).toHaveLength(30);
        path = `/me/addresses?limit=30&cursor=${body.page.next}`;
      }
      expect(names).toEqual(Array.from({ length: 100 }, (_, i) => `Address ${99 - i}`));
      expect(bodyOf(await client.get('/me/addresses')).data).toHaveLength(20);
    });

    it('keeps an address once when it is added again with its key', async () => {
      const { client } = await signedIn();
      const key = randomUUID();
      const [first, second] = [await client.post('/me/addresses', ADDRESS, { key }), await client.post('/me/addresses', ADDRESS, { key })];
      expect(bodyOf(second)).toEqual(bodyOf(first));
      expect(second.headers.get('idempotent-replayed')).toBe('true');
      expect(bodyOf(await client.get('/me/addresses')).data).toHaveLength(1);
    });

    it('belongs to its customer: to others its addresses do not exist', async () => {
      const [ada, bob] = [await signedIn(), await signedIn()];
      const { addressId } = bodyOf(await ada.client.post('/me/addresses', ADDRESS));
      const missing = await bob.client.get(`/me/addresses/${randomUUID()}`);
      expect(missing.status).toBe(404);
      expect(bodyOf(await bob.client.get(`/me/addresses/${addressId}`))).toEqual(bodyOf(missing));
      expect((await bob.client.put(`/me/addresses/${addressId}`, ADDRESS)).status).toBe(404);
      expect((await bob.client.delete(`/me/addresses/${addressId}`)).status).toBe(404);
      expect((await ada.client.get(`/me/addresses/${addressId}`)).status).toBe(200);
    });

    it.each([
      ['a country that does not exist', { ...ADDRESS, country: 'XX' }, '/country'],
      ['a country in words', { ...ADDRESS, country: 'Germany' }, '/country'],
      ['no city', { ...ADDRESS, city: undefined }, '/city'],
      ['an empty line', { ...ADDRESS, line1: '' }, '/line1'],
      ['a long line', { ...ADDRESS, line2: 'x'.repeat(201) }, '/line2'],
      ['null for what is left out', { ...ADDRESS, line2: null }, '/line2'],
      ['NUL', { ...ADDRESS, name: 'a\0b' }, '/name'],
      ['an unknown field', { ...ADDRESS, planet: 'Earth' }, '/planet'],
    ])('refuses %s', async (_, body, pointer) => {
      const { client } = await signedIn();
      expect(await client.post('/me/addresses', body)).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ pointer }] } });
      expect(bodyOf(await client.get('/me/addresses')).data).toEqual([]);
    });

    it('is closed to strangers', async () => {
      for (const answer of [await place.client.get('/me'), await place.client.get('/me/addresses'), await place.client.post('/me/addresses', ADDRESS), await place.client.delete('/me')])
        expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    });
  });

  describe('forgetting', () => {
    const secretAddress = { ...ADDRESS, name: 'Augusta-Ada-Byron', line1: 'Piccadilly-Terrace-13' };
    const traces = [secretAddress.name, secretAddress.line1, 'Augusta-Ada-King'];

    async function augusta() {
      const email = newEmail();
      const { customerId } = bodyOf(await place.client.post('/accounts', { email, password, name: 'Augusta-Ada-King' }));
      const client = await place.client.signIn(email, password);
      await client.post('/me/addresses', secretAddress, { key: randomUUID() });
      await client.get('/me/addresses');
      return { client, email, customerId };
    }

    it('ends sign-in and tokens at once, and leaves no byte', async () => {
      const { client, email, customerId } = await augusta();
      expect(await client.delete('/me', { key: randomUUID() })).toMatchObject({ status: 202, body: { customerId } });
      for (const answer of [await client.get('/me'), await client.post('/me/addresses', ADDRESS), await client.delete('/me')]) expect(answer.status).toBe(401);
      expect((await place.client.post('/sessions', { email, password })).status).toBe(401);
      await place.settled();
      expect((await place.history(`customer-${customerId}`)).map(({ type }) => type)).toEqual(['AccountOpened', 'AddressAdded', 'ForgetRequested', 'CustomerForgotten']);
      const bytes = await place.bytes();
      for (const trace of [...traces, email]) expect(bytes.includes(trace)).toBe(false);
    });

    it('waits for open orders, and not longer', async () => {
      const { client, email, customerId } = await augusta();
      const orders = [randomUUID(), randomUUID()] as const;
      for (const orderId of orders) await place.orderIsPlaced(orderId, customerId);
      await client.delete('/me');
      const status = async () => {
        await place.settled();
        return (await place.history(`customer-${customerId}`)).at(-1)?.type;
      };
      expect(await status()).toBe('ForgetRequested');
      expect(await place.client.post('/accounts', { email, password, name: 'Somebody' })).toMatchObject({ status: 409 });
      await place.orderIsDelivered(orders[0], customerId);
      expect(await status()).toBe('ForgetRequested');
      await place.orderIsDelivered(orders[1], customerId);
      expect(await status()).toBe('CustomerForgotten');
    });

    it('frees the e-mail address for a new account of its own', async () => {
      const { client, email, customerId } = await augusta();
      await client.delete('/me');
      await place.settled();
      const again = await place.client.post('/accounts', { email, password: 'another password', name: 'Somebody else' });
      expect(again.status).toBe(201);
      expect(bodyOf(again).customerId).not.toBe(customerId);
      const somebody = await place.client.signIn(email, 'another password');
      expect((await somebody.get('/me')).body).toEqual({ customerId: bodyOf(again).customerId, email, name: 'Somebody else' });
      expect(bodyOf(await somebody.get('/me/addresses')).data).toEqual([]);
      const claims = (await place.log()).filter(({ type, data }) => type === 'EmailClaimed' && data['customerId'] === customerId);
      expect(claims).toEqual([]);
    });

    it('is finished after a crash at any of its steps, and spares who took the address meanwhile', async () => {
      let dying = false;
      const dies = await CustomerPlace.open({
        disturb: (personalData) => ({ ...personalData, forget: (customerId) => (dying ? Promise.reject(new Error('the process died here')) : personalData.forget(customerId)) }),
      });
      const email = newEmail();
      const { customerId } = bodyOf(await dies.client.post('/accounts', { email, password, name: 'Augusta-Ada-King' }));
      const client = await dies.client.signIn(email, password);
      dying = true;
      await client.delete('/me');
      await dies.settled();
      expect((await dies.client.post('/accounts', { email, password: 'another password', name: 'Somebody' })).status).toBe(201);
      await dies.stop();

      const later = await CustomerPlace.open({ directory: dies.directory });
      try {
        expect((await later.client.as(String(client.token)).get('/me')).status).toBe(401);
        await later.bus.retry('customer.forgetting', `customer-${customerId}`);
        await later.settled();
        expect((await later.history(`customer-${customerId}`)).at(-1)?.type).toBe('CustomerForgotten');
        expect(bodyOf(await (await later.client.signIn(email, 'another password')).get('/me')).name).toBe('Somebody');
        expect((await later.bytes()).includes('Augusta-Ada-King')).toBe(false);
      } finally {
        await later.close();
      }
    });
  });

  it('writes nothing that can be read without a key', async () => {
    const email = newEmail();
    await place.client.post('/accounts', { email, password: 'open-sesame-password', name: 'Grace-Brewster-Hopper' });
    const client = await place.client.signIn(email, 'open-sesame-password');
    await client.post('/me/addresses', { ...ADDRESS, line1: 'Arlington-Row-7' }, { key: randomUUID() });
    await place.settled();
    const bytes = await place.bytes();
    for (const trace of [email, 'Grace-Brewster-Hopper', 'open-sesame-password', 'Arlington-Row-7']) expect(bytes.includes(trace)).toBe(false);
  });
});
