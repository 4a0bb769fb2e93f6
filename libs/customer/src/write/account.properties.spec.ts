import fc from 'fast-check';
import { DomainError } from '@tillroll/kernel';
import { account, MOST_ADDRESSES } from './account';
import { addAddress, changeAddress, confirmForgotten, openAccount, removeAddress, requestForget } from './account.examples';
import type { AccountCommand } from './account-commands';
import type { AccountEvent } from './account-events';
import type { Account } from './account-state';

const addressId = fc.constantFrom('home', 'work', 'club');
const command: fc.Arbitrary<AccountCommand> = fc.oneof(
  fc.constantFrom(openAccount, requestForget, confirmForgotten),
  { arbitrary: addressId.map((id) => addAddress(id)), weight: 4 },
  { arbitrary: fc.tuple(addressId, fc.string()).map(([id, text]) => changeAddress(id, text)), weight: 2 },
  { arbitrary: addressId.map(removeAddress), weight: 2 },
);

function run(commands: readonly AccountCommand[]): { readonly states: readonly Account[]; readonly events: readonly AccountEvent[] } {
  const states: Account[] = [account.initialState];
  const events: AccountEvent[] = [];
  for (const next of commands) {
    let state = states.at(-1) ?? account.initialState;
    try {
      for (const event of account.decide(state, next)) {
        events.push(event);
        state = account.evolve(state, event);
      }
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
    }
    states.push(state);
  }
  return { states, events };
}

const anyCommands = fc.array(command, { maxLength: 60 });

describe('whatever is asked of an account', () => {
  it('never opens again once it was to be forgotten', () =>
    fc.assert(
      fc.property(anyCommands, (commands) => {
        const order = ['none', 'open', 'forgetting', 'forgotten'];
        const ranks = run(commands).states.map(({ status }) => order.indexOf(status));
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
      }),
    ));

  it('keeps exactly the addresses that were added and not removed, each with a number of its own', () =>
    fc.assert(
      fc.property(anyCommands, (commands) => {
        const { states, events } = run(commands);
        const last = states.at(-1);
        if (last === undefined || last.status === 'none' || last.status === 'forgotten') return;
        const expected = new Map<string, string>();
        for (const event of events) {
          if (event.type === 'AddressAdded' || event.type === 'AddressChanged') expected.set(event.addressId, event.address);
          if (event.type === 'AddressRemoved') expected.delete(event.addressId);
        }
        expect(new Map(Object.entries(last.addresses).map(([id, { sealed }]) => [id, sealed]))).toEqual(expected);
        const numbers = Object.values(last.addresses).map(({ number }) => number);
        expect(new Set(numbers).size).toBe(numbers.length);
        expect(numbers.length).toBeLessThanOrEqual(MOST_ADDRESSES);
      }),
    ));

  it('is the fold of its events, and says the same about each of them in its data', () =>
    fc.assert(
      fc.property(anyCommands, (commands) => {
        const { states, events } = run(commands);
        expect(events.reduce(account.evolve, account.initialState)).toEqual(states.at(-1));
        expect(events.every(({ customerId }) => customerId === 'ada')).toBe(true);
      }),
    ));

  it('changes nothing when it is asked again at once, save for a changed address', () =>
    fc.assert(
      fc.property(anyCommands, command, (commands, again) => {
        if (again.type === 'ChangeAddress') return;
        const once = run([...commands, again]);
        expect(run([...commands, again, again]).states.at(-1)).toEqual(once.states.at(-1));
      }),
    ));
});
