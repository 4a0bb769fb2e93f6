import { given } from '@tillroll/testing';
import { account, MOST_ADDRESSES } from './account';
import {
  accountOpened,
  addAddress,
  addressAdded,
  addressChanged,
  addressRemoved,
  changeAddress,
  confirmForgotten,
  customerForgotten,
  forgetRequested,
  openAccount,
  removeAddress,
  requestForget,
} from './account.examples';

describe('opening an account', () => {
  it('happens once', () => {
    given(account).when(openAccount).then(accountOpened);
    given(account, [accountOpened]).when(openAccount).thenRefused('already_exists', { field: 'email' });
  });

  it.each([[[accountOpened, forgetRequested]], [[accountOpened, forgetRequested, customerForgotten]]])('never happens again once it was to be forgotten', (history) =>
    given(account, history).when(openAccount).thenRefused('already_exists'));
});

describe('the address book', () => {
  it('keeps addresses in the order of adding, each once', () => {
    given(account, [accountOpened]).when(addAddress('home')).then(addressAdded('home'));
    given(account, [accountOpened, addressAdded('home')]).when(addAddress('home')).thenNothing();
    given(account, [accountOpened, addressAdded('home'), addressAdded('work'), addressRemoved('home')])
      .when(addAddress('club'))
      .thenState((state) => expect(state).toMatchObject({ addresses: { work: { number: 1 }, club: { number: 2 } } }));
  });

  it('is there for a customer who signs in elsewhere', () =>
    given(account)
      .when(addAddress('home'))
      .thenState((state) => expect(state).toMatchObject({ status: 'open', customerId: 'ada', addresses: { home: { sealed: 'sealed' } } })));

  it('changes an address in its place', () =>
    given(account, [accountOpened, addressAdded('home', 'old'), addressAdded('work')])
      .when(changeAddress('home', 'new'))
      .thenState((state) => expect(state).toMatchObject({ addresses: { home: { sealed: 'new', number: 0, changes: 1 }, work: { number: 1, changes: 0 } } })));

  it('removes an address', () => given(account, [accountOpened, addressAdded('home')]).when(removeAddress('home')).then(addressRemoved('home')));

  it.each([changeAddress('home', 'new'), removeAddress('home')])('refuses to change or remove what is not there', (command) => {
    given(account).when(command).thenRefused('not_found');
    given(account, [accountOpened]).when(command).thenRefused('not_found');
    given(account, [accountOpened, addressAdded('home'), addressRemoved('home')]).when(command).thenRefused('not_found');
  });

  it(`holds at most ${MOST_ADDRESSES} addresses`, () => {
    const full = [accountOpened, ...Array.from({ length: MOST_ADDRESSES }, (_, index) => addressAdded(`a${index}`))];
    given(account, full).when(addAddress('one more')).thenRefused('validation_failed');
    given(account, full).when(addAddress('a7')).thenNothing();
    given(account, [...full, addressRemoved('a7')]).when(addAddress('one more')).then(addressAdded('one more'));
  });

  it('leaves the state as it is for an address that it does not know', () =>
    expect(account.evolve(account.initialState, addressChanged('home', 'new'))).toBe(account.initialState));
});

describe('forgetting a customer', () => {
  it('is asked for once', () => {
    given(account, [accountOpened]).when(requestForget).then(forgetRequested);
    given(account, [accountOpened, forgetRequested]).when(requestForget).thenNothing();
    given(account, [accountOpened, forgetRequested, customerForgotten]).when(requestForget).thenNothing();
  });

  it('can be asked for by a customer who signs in elsewhere', () => given(account).when(requestForget).then(forgetRequested));

  it('is confirmed only when it was asked for, and once', () => {
    given(account, [accountOpened]).when(confirmForgotten).thenNothing();
    given(account, [accountOpened, forgetRequested]).when(confirmForgotten).then(customerForgotten);
    given(account, [accountOpened, forgetRequested, customerForgotten]).when(confirmForgotten).thenNothing();
  });

  it('ends the address book at once', () => {
    for (const command of [addAddress('work'), changeAddress('home', 'new'), removeAddress('home')])
      given(account, [accountOpened, addressAdded('home'), forgetRequested]).when(command).thenRefused('not_found');
  });

  it('leaves nothing personal in the state, not even sealed', () =>
    given(account, [accountOpened, addressAdded('home'), forgetRequested])
      .when(confirmForgotten)
      .thenState((state) => expect(JSON.stringify(state)).not.toContain('sealed')));
});
