import { type Decider, refuse, unreachable } from '@tillroll/kernel';

/** A customer's account. Everything personal is sealed: this code cannot read it. */
export type Account =
  | { readonly status: 'none' }
  | {
      readonly status: 'open' | 'forgetting' | 'forgotten';
      readonly customerId: string;
      /** Sealed e-mail address and name. */
      readonly personal: string;
      /** Sealed password hash, and how the e-mail address is found. */
      readonly credential: string;
      readonly roles: readonly string[];
      /** Address id to sealed address, in the order of adding. */
      readonly addresses: Readonly<Record<string, string>>;
    };

export type AccountCommand =
  | { readonly type: 'OpenAccount'; readonly customerId: string; readonly personal: string; readonly credential: string; readonly roles: readonly string[] }
  | { readonly type: 'AddAddress'; readonly addressId: string; readonly address: string }
  | { readonly type: 'ChangeAddress'; readonly addressId: string; readonly address: string }
  | { readonly type: 'RemoveAddress'; readonly addressId: string }
  | { readonly type: 'RequestForget' }
  | { readonly type: 'ConfirmForgotten' };

interface OfCustomer {
  readonly customerId: string;
}

export type AccountEvent =
  | (OfCustomer & { readonly type: 'AccountOpened'; readonly personal: string; readonly credential: string; readonly roles: readonly string[] })
  | (OfCustomer & { readonly type: 'AddressAdded'; readonly addressId: string; readonly address: string })
  | (OfCustomer & { readonly type: 'AddressChanged'; readonly addressId: string; readonly address: string })
  | (OfCustomer & { readonly type: 'AddressRemoved'; readonly addressId: string })
  | (OfCustomer & { readonly type: 'ForgetRequested' })
  | (OfCustomer & { readonly type: 'CustomerForgotten' });

const MOST_ADDRESSES = 100;

export const account: Decider<Account, AccountCommand, AccountEvent> = {
  initialState: { status: 'none' },

  decide(state, command) {
    if (state.status === 'none') {
      if (command.type !== 'OpenAccount') return refuse('not_found');
      const { type: _, ...opened } = command;
      return [{ type: 'AccountOpened', ...opened }];
    }
    const { customerId } = state;
    switch (command.type) {
      case 'OpenAccount':
        return refuse('already_exists', { field: 'email' });
      case 'AddAddress':
        refuseUnlessOpen(state.status);
        if (state.addresses[command.addressId] !== undefined) return [];
        refuseBeyond(Object.keys(state.addresses).length + 1);
        return [{ type: 'AddressAdded', customerId, addressId: command.addressId, address: command.address }];
      case 'ChangeAddress':
        refuseUnlessOpen(state.status);
        refuseUnknown(state.addresses, command.addressId);
        return [{ type: 'AddressChanged', customerId, addressId: command.addressId, address: command.address }];
      case 'RemoveAddress':
        refuseUnlessOpen(state.status);
        refuseUnknown(state.addresses, command.addressId);
        return [{ type: 'AddressRemoved', customerId, addressId: command.addressId }];
      case 'RequestForget':
        return state.status === 'open' ? [{ type: 'ForgetRequested', customerId }] : [];
      case 'ConfirmForgotten':
        return state.status === 'forgetting' ? [{ type: 'CustomerForgotten', customerId }] : [];
      default:
        return unreachable(command);
    }
  },

  evolve(state, event) {
    if (event.type === 'AccountOpened') {
      const { customerId, personal, credential, roles } = event;
      return { status: 'open', customerId, personal, credential, roles, addresses: {} };
    }
    if (state.status === 'none') return state;
    switch (event.type) {
      case 'AddressAdded':
      case 'AddressChanged':
        return { ...state, addresses: { ...state.addresses, [event.addressId]: event.address } };
      case 'AddressRemoved': {
        const { [event.addressId]: _, ...addresses } = state.addresses;
        return { ...state, addresses };
      }
      case 'ForgetRequested':
        return { ...state, status: 'forgetting' };
      case 'CustomerForgotten':
        return { ...state, status: 'forgotten', addresses: {} };
      default:
        return state;
    }
  },
};

function refuseUnlessOpen(status: 'open' | 'forgetting' | 'forgotten'): void {
  if (status !== 'open') refuse('not_found');
}

function refuseUnknown(addresses: Readonly<Record<string, string>>, addressId: string): void {
  if (addresses[addressId] === undefined) refuse('not_found');
}

function refuseBeyond(count: number): void {
  if (count > MOST_ADDRESSES)
    refuse('validation_failed', { errors: [{ pointer: '', code: 'too_many_addresses', message: `an address book holds at most ${MOST_ADDRESSES} addresses` }] });
}
