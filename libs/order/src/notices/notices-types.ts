import type { AggregateType } from '@tillroll/processing';
import { delivery, type Delivery, type DeliveryCommand, type DeliveryEvent } from './write/delivery';
import { type Endpoint, type EndpointCommand, type EndpointEvent, endpoints, type Endpoints } from './write/endpoints';

export const deliveryType: AggregateType<Delivery, DeliveryCommand, DeliveryEvent> = { name: 'delivery', decider: delivery };

/** There is one stream of them: {@link ALL_ENDPOINTS}. */
export const endpointsType: AggregateType<Endpoints, EndpointCommand, EndpointEvent> = {
  name: 'endpoint',
  decider: endpoints,
  snapshot: {
    version: 1,
    encode: (state) => [...state.values()],
    decode: (json) => new Map((json as readonly Endpoint[]).map((endpoint) => [endpoint.endpointId, endpoint])),
  },
};

export const ALL_ENDPOINTS = 'all';
