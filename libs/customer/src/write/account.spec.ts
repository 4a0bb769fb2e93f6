import fc from 'fast-check';
import { DomainError } from '@tillroll/kernel';
import { given } from '@tillroll/testing';
import { account, type AccountCommand, type AccountEvent } from './account';
import { emailClaim, type EmailClaimEvent } from './email-claim';

const open: AccountCommand = { type: 'OpenAccount', customerId: 'ada', personal: 'sealed', credential: 'sealed', roles: [] };
const opened: AccountEvent = { type: 'AccountOpened', customerId: 'ada', personal: 'sealed', credential: 'sealed', roles: [] };
const added = (addressId: string): AccountEvent => ({ type: 'AddressAdded', customerId: 'ada', addressId, address: 'sealed' });
const requested: AccountEvent = { type: 'ForgetRequested', customerId: 'ada' };
const forgotten: AccountEvent = { type: 'CustomerForgotten', customerId: 'ada' };

describe('an account', () => {
  it('is opened once', () => {
    given(account).when(open).then(opened);
    given(account, [opened]).when(open).thenRefused('already_exists', { field: 'email' });
  });

  it('does not exist before', () => given(account).when({ type: 'AddAddress', addressId: 'home', address: 'sealed' }).thenRefused('not_found'));

  it('keeps addresses, each once', () => {
    given(account, [opened]).when({ type: 'AddAddress', addressId: 'home', address: 'sealed' }).then(added('home'));
    given(account, [opened, added('home')]).when({ type: 'AddAddress', addressId: 'home', address: 'sealed' }).thenNothing();
  });

  it('holds at most 100 addresses', () =>
    given(account, [opened, ...Array.from({ length: 100 }, (_, index) => added(`a${index}`))])
      .when({ type: 'AddAddress', addressId: 'one more', address: 'sealed' })
      .thenRefused('validation_failed'));

  it.each(['ChangeAddress', 'RemoveAddress'] as const)('%s: refuses an address that is not there', (type) =>
    given(account, [opened]).when({ type, addressId: 'home', address: 'sealed' }).thenRefused('not_found'));
});

describe('forgetting a customer', () => {
  it('is asked for once', () => {
    given(account, [opened]).when({ type: 'RequestForget' }).then(requested);
    given(account, [opened, requested]).when({ type: 'RequestForget' }).thenNothing();
  });

  it('is not confirmed unless it was asked for', () => given(account, [opened]).when({ type: 'ConfirmForgotten' }).thenNothing());

  it('ends the account', () => {
    given(account, [opened, requested]).when({ type: 'ConfirmForgotten' }).then(forgotten);
    given(account, [opened, requested]).when({ type: 'AddAddress', addressId: 'home', address: 'sealed' }).thenRefused('not_found');
  });
});

describe('an e-mail address', () => {
  const claimed: EmailClaimEvent = { type: 'EmailClaimed', customerId: 'ada' };
  it('belongs to the first who claims it', () => {
    given(emailClaim).when({ type: 'ClaimEmail', customerId: 'ada' }).then(claimed);
    given(emailClaim, [claimed]).when({ type: 'ClaimEmail', customerId: 'bob' }).thenNothing();
  });
  it('is released by its owner only', () => {
    given(emailClaim, [claimed]).when({ type: 'ReleaseEmail', customerId: 'bob' }).thenNothing();
    given(emailClaim, [claimed]).when({ type: 'ReleaseEmail', customerId: 'ada' }).then({ type: 'EmailReleased', customerId: 'ada' });
  });
});

describe('whatever is asked of an account', () => {
  const command = fc.oneof(
    fc.constantFrom<AccountCommand>(open, { type: 'RequestForget' }, { type: 'ConfirmForgotten' }),
    fc.record({ type: fc.constantFrom('AddAddress', 'ChangeAddress', 'RemoveAddress'), addressId: fc.constantFrom('a', 'b'), address: fc.string() }),
  ) as fc.Arbitrary<AccountCommand>;

  it('a customer who asked to be forgotten is never open again', () =>
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        let state = account.initialState;
        let ended = false;
        for (const given of commands) {
          try {
            state = account.decide(state, given).reduce(account.evolve, state);
          } catch (error) {
            if (!(error instanceof DomainError)) throw error;
          }
          ended ||= state.status === 'forgetting';
          expect(ended && state.status === 'open').toBe(false);
        }
      }),
    ));
});
