import { Optional, Pattern, Text } from '@tillroll/http';

/** One @, something on both sides, no blanks: whether mail arrives is for the mail to show. */
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,189}$/;

export class OpenAccountDto {
  @Text({ max: 254 })
  @Pattern(EMAIL)
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

  /** ISO 3166-1 alpha-2. */
  @Pattern(/^[A-Z]{2}$/)
  country: string;

  @Optional()
  @Text({ max: 200 })
  phone?: string;
}
