import { given } from '@tillroll/testing';
import { endpoints, type EndpointEvent } from './endpoints';

const endpoint = { endpointId: 'e1', url: 'https://example.com/hook', types: ['order-confirmed'], after: 7 };
const registered: EndpointEvent = { type: 'EndpointRegistered', ...endpoint };

describe('webhook endpoints', () => {
  it('are registered once', () => {
    given(endpoints).when({ type: 'RegisterEndpoint', ...endpoint }).then(registered);
    given(endpoints, [registered]).when({ type: 'RegisterEndpoint', ...endpoint }).thenNothing();
  });

  it('are removed', () => {
    given(endpoints, [registered]).when({ type: 'RemoveEndpoint', endpointId: 'e1' }).then({ type: 'EndpointRemoved', endpointId: 'e1' });
    given(endpoints, [registered]).when({ type: 'RemoveEndpoint', endpointId: 'e1' }).thenState((state) => expect(state.size).toBe(0));
    given(endpoints).when({ type: 'RemoveEndpoint', endpointId: 'e1' }).thenRefused('not_found');
  });
});
