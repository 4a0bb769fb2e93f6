import Type from 'typebox';
import { contractsOf } from './event-contract';
import { sealed, text, uuid } from './fields';

const { publicEvent, internalEvent } = contractsOf('customer');

export const AccountOpened = publicEvent('account-opened', 'Somebody opened an account.', {
  customerId: uuid,
  personal: Type.String({ description: "sealed {email, name}" }),
  roles: Type.Array(text),
});
export const AddressAdded = publicEvent('address-added', 'An address was added to the address book.', { customerId: uuid, addressId: uuid, address: sealed });
export const AddressChanged = publicEvent('address-changed', 'An address was replaced.', { customerId: uuid, addressId: uuid, address: sealed });
export const AddressRemoved = publicEvent('address-removed', 'An address was removed.', { customerId: uuid, addressId: uuid });
export const ForgetRequested = internalEvent('forget-requested', 'The customer asked to be forgotten: sign-in has ended, open orders are to be canceled.', { customerId: uuid });
export const CustomerForgotten = publicEvent('customer-forgotten', "The customer's key was destroyed.", { customerId: uuid });
export const EmailClaimed = internalEvent('email-claimed', 'An e-mail address belongs to an account.', { customerId: uuid });
export const EmailReleased = internalEvent('email-released', 'An e-mail address may be used again.', {});
