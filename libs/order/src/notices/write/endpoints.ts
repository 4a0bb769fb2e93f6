import { type Decider, refuse, unreachable } from '@tillroll/kernel';

/** Where somebody outside wants to be told of events. */
export interface Endpoint {
  readonly endpointId: string;
  readonly url: string;
  /** As they were given: full event types, or event names. */
  readonly types: readonly string[];
  /** The position of the log after which events are meant for it. */
  readonly after: number;
}

/** All that are registered now, by id. They share one stream, so that whoever looks at it has missed none. */
export type Endpoints = ReadonlyMap<string, Endpoint>;

export type EndpointCommand =
  | ({ readonly type: 'RegisterEndpoint' } & Endpoint)
  | { readonly type: 'RemoveEndpoint'; readonly endpointId: string };

export type EndpointEvent =
  | ({ readonly type: 'EndpointRegistered' } & Endpoint)
  | { readonly type: 'EndpointRemoved'; readonly endpointId: string };

export const endpoints: Decider<Endpoints, EndpointCommand, EndpointEvent> = {
  initialState: new Map(),

  decide(state, command) {
    switch (command.type) {
      case 'RegisterEndpoint': {
        const { endpointId, url, types, after } = command;
        return state.has(endpointId) ? [] : [{ type: 'EndpointRegistered', endpointId, url, types, after }];
      }
      case 'RemoveEndpoint': {
        const { endpointId } = command;
        return state.has(endpointId) ? [{ type: 'EndpointRemoved', endpointId }] : refuse('not_found');
      }
      default:
        return unreachable(command);
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'EndpointRegistered': {
        const { type: _, ...endpoint } = event;
        return new Map(state).set(endpoint.endpointId, endpoint);
      }
      case 'EndpointRemoved':
        return new Map([...state].filter(([endpointId]) => endpointId !== event.endpointId));
      default:
        return state;
    }
  },
};
