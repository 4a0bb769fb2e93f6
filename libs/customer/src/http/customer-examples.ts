import type { AddressResource, MeResource } from './customer-resources';

const customerId = '018e1c2e-8a40-7c1d-9d5a-7c1e5b9a2f43';

export const exampleCustomer = { customerId };

export const exampleSession = { accessToken: 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMThlMWMyZSJ9.c2lnbmF0dXJl', tokenType: 'Bearer', expiresIn: 3600 };

export const exampleMe: MeResource = { customerId, email: 'ada@example.com', name: 'Ada Lovelace' };

export const exampleForgetting = { customerId, status: 'forgetting' };

export const exampleAddress: AddressResource = {
  addressId: '6f2a1c0e-7d3b-5a4f-8e21-0c9b7a6d5e4f',
  name: 'Ada Lovelace',
  line1: '12 St James Square',
  city: 'London',
  postalCode: 'SW1Y 4JH',
  country: 'GB',
};
