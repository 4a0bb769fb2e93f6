export const exampleNotice = {
  noticeId: '6f1b8a52-5d0c-5b1e-9c77-1f2a3b4c5d6e',
  type: 'order-shipped',
  orderId: '2d9a4c1e-8f3b-5a6d-b7c8-9e0f1a2b3c4d',
  time: '2030-01-01T12:00:00.000Z',
  tracking: 'XY-123456789',
};

export const exampleEndpoint = {
  endpointId: '1c2d3e4f-5a6b-5c7d-8e9f-0a1b2c3d4e5f',
  url: 'https://example.com/hooks/tillroll',
  types: ['order-confirmed', 'tillroll.order.order-shipped.v1'],
  registeredAt: '2030-01-01T12:00:00.000Z',
};

export const exampleRegistered = {
  endpointId: exampleEndpoint.endpointId,
  url: exampleEndpoint.url,
  types: exampleEndpoint.types,
  secret: 'whsec_bWFkZSB1cCBmb3IgdGhlIGV4YW1wbGUsIDMyIGJ5dGU=',
};

export const exampleDelivery = {
  deliveryId: '9b8c7d6e-5f4a-5b3c-8d2e-1f0a9b8c7d6e',
  endpointId: exampleEndpoint.endpointId,
  eventId: exampleNotice.noticeId,
  type: 'order-confirmed',
  status: 'failed',
  scheduledAt: '2030-01-01T12:00:00.000Z',
  attempts: 8,
  responseStatus: 500,
  reason: 'status',
};
