import type { AccountCommand } from './account-commands';
import type { AccountEvent } from './account-events';

const customerId = 'ada';

export const openAccount: AccountCommand = { type: 'OpenAccount', customerId, personal: 'sealed person', credential: 'sealed password', roles: [] };
export const addAddress = (addressId: string, address = 'sealed'): AccountCommand => ({ type: 'AddAddress', customerId, addressId, address });
export const changeAddress = (addressId: string, address: string): AccountCommand => ({ type: 'ChangeAddress', customerId, addressId, address });
export const removeAddress = (addressId: string): AccountCommand => ({ type: 'RemoveAddress', customerId, addressId });
export const requestForget: AccountCommand = { type: 'RequestForget', customerId };
export const confirmForgotten: AccountCommand = { type: 'ConfirmForgotten', customerId };

export const accountOpened: AccountEvent = { type: 'AccountOpened', customerId, personal: 'sealed person', credential: 'sealed password', roles: [] };
export const addressAdded = (addressId: string, address = 'sealed'): AccountEvent => ({ type: 'AddressAdded', customerId, addressId, address });
export const addressChanged = (addressId: string, address: string): AccountEvent => ({ type: 'AddressChanged', customerId, addressId, address });
export const addressRemoved = (addressId: string): AccountEvent => ({ type: 'AddressRemoved', customerId, addressId });
export const forgetRequested: AccountEvent = { type: 'ForgetRequested', customerId };
export const customerForgotten: AccountEvent = { type: 'CustomerForgotten', customerId };
