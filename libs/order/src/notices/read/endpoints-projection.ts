import { type DataOf, order } from '@tillroll/contracts';
import type { Projection } from '@tillroll/read-models';

export type EndpointDocument = {
  readonly endpointId: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly registeredAt: string;
  readonly position: number;
  /** All endpoints are in one list. */
  readonly list: 'all';
};

export const ENDPOINTS = 'order.webhook-endpoints';

export const endpointsProjection: Projection<EndpointDocument> = {
  name: ENDPOINTS,
  version: 1,
  indexes: [{ fields: ['list', 'position'] }],
  on: {
    [order.EndpointRegistered.type]: (event) => {
      const { endpointId, url, types } = event.data as DataOf<typeof order.EndpointRegistered>;
      return [{ id: endpointId, change: () => ({ endpointId, url, types, registeredAt: event.time, position: event.position, list: 'all' }) }];
    },
    [order.EndpointRemoved.type]: (event) => [{ id: (event.data as DataOf<typeof order.EndpointRemoved>).endpointId, change: () => undefined }],
  },
};

export function shownEndpoint({ endpointId, url, types, registeredAt }: EndpointDocument): Readonly<Record<string, unknown>> {
  return { endpointId, url, types, registeredAt };
}
