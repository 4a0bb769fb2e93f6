interface OfCustomer {
  readonly customerId: string;
}

export type AccountEvent =
  | (OfCustomer & { readonly type: 'AccountOpened'; readonly personal: string; readonly credential: string; readonly roles: readonly string[] })
  | (OfCustomer & { readonly type: 'AddressAdded' | 'AddressChanged'; readonly addressId: string; readonly address: string })
  | (OfCustomer & { readonly type: 'AddressRemoved'; readonly addressId: string })
  | (OfCustomer & { readonly type: 'ForgetRequested' })
  | (OfCustomer & { readonly type: 'CustomerForgotten' });
