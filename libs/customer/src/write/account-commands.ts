interface OfCustomer {
  readonly customerId: string;
}

export type AccountCommand =
  | (OfCustomer & { readonly type: 'OpenAccount'; readonly personal: string; readonly credential: string; readonly roles: readonly string[] })
  | (OfCustomer & { readonly type: 'AddAddress' | 'ChangeAddress'; readonly addressId: string; readonly address: string })
  | (OfCustomer & { readonly type: 'RemoveAddress'; readonly addressId: string })
  | (OfCustomer & { readonly type: 'RequestForget' })
  | (OfCustomer & { readonly type: 'ConfirmForgotten' });
