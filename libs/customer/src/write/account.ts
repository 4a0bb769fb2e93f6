import { type Decider, refuse, unreachable } from '@tillroll/kernel';
import type { AccountCommand } from './account-commands';
import type { AccountEvent } from './account-events';
import type { Account, KnownAccount } from './account-state';

export const MOST_ADDRESSES = 100;

/** An account is opened here, or by the first thing that a customer keeps who signs in elsewhere. */
export const account: Decider<Account, AccountCommand, AccountEvent> = {
  initialState: { status: 'none' },

  decide(state, command) {
    const { customerId } = command;
    switch (command.type) {
      case 'OpenAccount':
        if (state.status !== 'none') return refuse('already_exists', { field: 'email' });
        return [{ type: 'AccountOpened', customerId, personal: command.personal, credential: command.credential, roles: command.roles }];
      case 'AddAddress':
        if (addressOf(state, command.addressId) !== undefined) return [];
        refuseWhenEnded(state);
        refuseOneMoreAddress(state);
        return [{ type: 'AddressAdded', customerId, addressId: command.addressId, address: command.address }];
      case 'ChangeAddress':
        refuseUnknownAddress(state, command.addressId);
        return [{ type: 'AddressChanged', customerId, addressId: command.addressId, address: command.address }];
      case 'RemoveAddress':
        refuseUnknownAddress(state, command.addressId);
        return [{ type: 'AddressRemoved', customerId, addressId: command.addressId }];
      case 'RequestForget':
        return isEnded(state) ? [] : [{ type: 'ForgetRequested', customerId }];
      case 'ConfirmForgotten':
        return state.status === 'forgetting' ? [{ type: 'CustomerForgotten', customerId }] : [];
      default:
        return unreachable(command);
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'AccountOpened': {
        const { customerId, personal, credential, roles } = event;
        return { ...begun(state, customerId), identity: { personal, credential }, roles };
      }
      case 'AddressAdded': {
        const known = begun(state, event.customerId);
        const added = { sealed: event.address, number: known.added, changes: 0 };
        return { ...known, addresses: { ...known.addresses, [event.addressId]: added }, added: known.added + 1 };
      }
      case 'AddressChanged': {
        const before = addressOf(state, event.addressId);
        if (before === undefined || state.status === 'none') return state;
        const changed = { ...before, sealed: event.address, changes: before.changes + 1 };
        return { ...state, addresses: { ...state.addresses, [event.addressId]: changed } };
      }
      case 'AddressRemoved': {
        if (state.status === 'none') return state;
        const { [event.addressId]: _, ...addresses } = state.addresses;
        return { ...state, addresses };
      }
      case 'ForgetRequested':
        return { ...begun(state, event.customerId), status: 'forgetting' };
      case 'CustomerForgotten':
        return { status: 'forgotten', customerId: event.customerId, roles: [], addresses: {}, added: 0 };
      default:
        return state;
    }
  },
};

const begun = (state: Account, customerId: string): KnownAccount =>
  state.status === 'none' ? { status: 'open', customerId, roles: [], addresses: {}, added: 0 } : state;

const isEnded = ({ status }: Account): boolean => status === 'forgetting' || status === 'forgotten';

const addressOf = (state: Account, addressId: string) => (state.status === 'none' ? undefined : state.addresses[addressId]);

function refuseWhenEnded(state: Account): void {
  if (isEnded(state)) refuse('not_found');
}

function refuseUnknownAddress(state: Account, addressId: string): void {
  refuseWhenEnded(state);
  if (addressOf(state, addressId) === undefined) refuse('not_found');
}

function refuseOneMoreAddress(state: Account): void {
  if (state.status === 'none' || Object.keys(state.addresses).length < MOST_ADDRESSES) return;
  refuse('validation_failed', { errors: [{ pointer: '', code: 'too_many', message: `an address book holds at most ${MOST_ADDRESSES} addresses` }] });
}
