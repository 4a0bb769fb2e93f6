import { HttpUrl, ListOf } from '@tillroll/http';

export class RegisterEndpointDto {
  @HttpUrl()
  url: string;

  /** Public events, by their full type or their name. */
  @ListOf(() => String, { min: 1, max: 100 })
  types: string[];
}
