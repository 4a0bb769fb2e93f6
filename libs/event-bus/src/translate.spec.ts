import type { RecordedEvent } from '@tillroll/event-store';
import { uuid5 } from '@tillroll/kernel';
import type { Publication, Publications } from './port';
import { newEvent } from './testing/happenings';
import { createTranslator } from './translate';

const publication = (type: string, data: Publication['data'] = (stored) => stored): Publication => ({ type, visibility: 'public', data });

const accounts: Publications = {
  context: 'customer',
  prefixes: ['customer-', 'account-email-'],
  events: { AccountOpened: publication('tillroll.customer.account-opened.v1', ({ customerId }) => ({ customerId })) },
};
const ledger: Publications = {
  context: 'ledger',
  prefixes: ['account-'],
  events: { AccountOpened: publication('tillroll.ledger.account-opened.v1') },
};

const recorded = (streamId: string, type = 'AccountOpened', data = {}): RecordedEvent => ({
  ...newEvent(uuid5(streamId, type), type, data), streamId, revision: 4, position: 17,
});

describe('translating a stored event', () => {
  it('carries its place and its cause, and the data that is published', () => {
    const stored = recorded('customer-1', 'AccountOpened', { customerId: '1', secret: 'x' });
    const traced: RecordedEvent = { ...stored, metadata: { ...stored.metadata, traceparent: '00-a-b-01' } };
    expect(createTranslator([accounts])(traced)).toEqual({
      id: stored.id, type: 'tillroll.customer.account-opened.v1', context: 'customer', visibility: 'public',
      subject: 'customer-1', sequence: 4, position: 17, time: stored.metadata.time,
      correlationId: stored.id, causationId: stored.id, actor: 'system:test', traceparent: '00-a-b-01', data: { customerId: '1' },
    });
  });

  it('has no traceparent when there is none', () => {
    expect(createTranslator([accounts])(recorded('customer-1'))).not.toHaveProperty('traceparent');
  });

  it('happens once for all who ask', () => {
    const translate = createTranslator([accounts]);
    const stored = recorded('customer-1');
    expect(translate(stored)).toBe(translate(stored));
  });

  it('finds the owner by the longest prefix', () => {
    const translate = createTranslator([ledger, accounts]);
    expect(translate(recorded('account-7'))?.context).toBe('ledger');
    expect(translate(recorded('account-email-a@example.com'))?.context).toBe('customer');
    expect(translate.typeOf(recorded('account-email-x'))).toBe('tillroll.customer.account-opened.v1');
  });

  it('counts what nobody publishes', () => {
    const translate = createTranslator([accounts]);
    expect(translate(recorded('customer-1', 'Unheard'))).toBeUndefined();
    expect(translate(recorded('stranger-1'))).toBeUndefined();
    expect(translate(recorded('account-1'))).toBeUndefined();
    expect(translate(recorded('customer-2', 'Unheard'))).toBeUndefined();
    expect([...translate.unpublished]).toEqual([['customer-:Unheard', 2], ['stranger-:AccountOpened', 1], ['account-:AccountOpened', 1]]);
    expect(translate.typeOf(recorded('customer-1', 'toString'))).toBeUndefined();
  });

  it('refuses two owners of one prefix, and types of another context', () => {
    expect(() => createTranslator([accounts, { ...accounts, context: 'customer' }])).toThrow(/customer-/);
    expect(() => createTranslator([{ ...accounts, context: 'cart' }])).toThrow(/not an event of the context cart/);
  });
});
