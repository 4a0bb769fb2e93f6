import { answer, cancel, openIntent, wake } from '../intents/intent';
import { endedPage, questionPage } from './checkout-pages';

const intent = (more: { readonly orderId?: string; readonly returnUrl?: string } = {}) =>
  openIntent('int_1', { paymentId: 'p', orderId: 'order-7', amount: 129_900, currency: 'EUR', method: 'card_redirect', ...more }, 0, 0);

describe('the hosted page', () => {
  it('names the amount and the order, and has a button for each answer', () => {
    const { text } = questionPage(intent());
    expect(text).toContain('€1,299.00');
    expect(text).toContain('order-7');
    expect(text).toContain('<form method="post">');
    expect(text).toContain('name="outcome" value="approve"');
    expect(text).toContain('name="outcome" value="decline"');
    expect(text).not.toContain('<script');
  });

  it('escapes what the merchant sent', () => {
    const evil = intent({ orderId: `"><script>alert('1')</script>&`, returnUrl: 'http://shop.example/?a="><script>alert(1)</script>' });
    for (const page of [questionPage(evil), endedPage(cancel(evil, 1))]) expect(page.text).not.toMatch(/<script|alert\('|\?a="/);
    expect(questionPage(evil).text).toContain('&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;');
  });

  it.each([
    [answer(intent(), 'approve', 1), 'This payment was approved'],
    [answer(intent(), 'decline', 1), 'This payment was declined'],
    [cancel(intent(), 1), 'This payment was cancelled'],
    [wake(intent(), 1e12), 'The time for this payment is over'],
  ])('says how it ended', (ended, title) => {
    const { text } = endedPage(ended);
    expect(text).toContain(`<h1>${title}</h1>`);
    expect(text).not.toContain('<form');
  });

  it('leads back to the shop', () => expect(endedPage(cancel(intent({ returnUrl: 'http://shop.example/back' }), 1)).text).toContain('href="http://shop.example/back"'));
});
