import { EmailAddress, OneOf, Optional, Text } from '@tillroll/http';
import { COUNTRIES } from './iso-3166';

export class OpenAccountDto {
  @EmailAddress()
  email: string;

  @Text({ min: 8, max: 128 })
  password: string;

  @Text({ max: 200 })
  name: string;
}

export class SignInDto {
  @Text({ max: 254 })
  email: string;

  @Text({ max: 128 })
  password: string;
}

export class AddressDto {
  @Text({ max: 200 })
  name: string;

  @Text({ max: 200 })
  line1: string;

  @Optional()
  @Text({ max: 200 })
  line2?: string;

  @Text({ max: 200 })
  city: string;

  @Optional()
  @Text({ max: 200 })
  region?: string;

  @Text({ max: 200 })
  postalCode: string;

  @OneOf(COUNTRIES)
  country: string;

  @Optional()
  @Text({ max: 200 })
  phone?: string;
}
