import { breakingChanges } from './breaking-changes';

const released = {
  title: 'order-placed', type: 'object', required: ['orderId', 'total'],
  properties: {
    orderId: { type: 'string' },
    total: { type: 'object', required: ['amount'], properties: { amount: { type: 'integer' } } },
    by: { anyOf: [{ const: 'customer' }, { const: 'admin' }] },
  },
};
const changed = (change: (schema: typeof released) => unknown) => breakingChanges(released, change(structuredClone(released)));

describe('a released schema', () => {
  it('may gain optional fields, also inside of others, and better words', () => {
    expect(
      changed((schema) => ({
        ...schema, title: 'placed', description: 'More.',
        properties: {
          ...schema.properties, note: { type: 'string' },
          total: { ...schema.properties.total, properties: { ...schema.properties.total.properties, tax: { type: 'integer' } } },
        },
      })),
    ).toEqual([]);
  });

  it('may name its required fields in another order', () =>
    expect(changed((schema) => ({ ...schema, required: ['total', 'orderId'] }))).toEqual([]));

  it.each([
    ['lose a field', (schema: typeof released) => ({ ...schema, properties: { orderId: schema.properties.orderId, total: schema.properties.total } }), '/properties/by is gone'],
    ['require a field', (schema: typeof released) => ({ ...schema, required: [...schema.required, 'by'] }), '/required now names by'],
    ['make a field optional', (schema: typeof released) => ({ ...schema, required: ['orderId'] }), '/required no longer names total'],
    ['change a type', (schema: typeof released) => ({ ...schema, properties: { ...schema.properties, orderId: { type: 'integer' } } }), '/properties/orderId/type changed'],
    ['narrow a field', (schema: typeof released) => ({ ...schema, properties: { ...schema.properties, orderId: { type: 'string', maxLength: 3 } } }), '/properties/orderId/maxLength changed'],
    ['gain a value in a choice', (schema: typeof released) => ({ ...schema, properties: { ...schema.properties, by: { anyOf: [...schema.properties.by.anyOf, { const: 'system' }] } } }), '/properties/by/anyOf changed'],
    ['close itself', (schema: typeof released) => ({ ...schema, additionalProperties: false }), '/additionalProperties changed'],
    ['require a field inside of another', (schema: typeof released) => ({ ...schema, properties: { ...schema.properties, total: { ...schema.properties.total, required: ['amount', 'tax'] } } }), '/properties/total/required now names tax'],
  ])('must not %s', (_, change, fault) => expect(changed(change).join()).toContain(fault));
});
