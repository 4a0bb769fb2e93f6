import type { AddressDto } from './customer-dtos';

/** Without e-mail address and name for a customer who signs in elsewhere. */
export interface MeResource {
  readonly customerId: string;
  readonly email?: string;
  readonly name?: string;
}

export type Address = Readonly<AddressDto>;

export type AddressResource = { readonly addressId: string } & Address;

/** A resource, and what its entity tag is made of. */
export interface Shown<Resource> {
  readonly resource: Resource;
  readonly revision: number;
}
