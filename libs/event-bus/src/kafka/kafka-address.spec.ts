import { parseKafkaBrokers, withoutPassword } from './kafka-address';

describe("the brokers' address", () => {
  it('is a list of hosts', () => {
    expect(parseKafkaBrokers('127.0.0.1:9092, kafka-2')).toEqual({ brokers: ['127.0.0.1:9092', 'kafka-2:9092'], tls: false });
    expect(parseKafkaBrokers('[::1]:1234')).toEqual({ brokers: ['[::1]:1234'], tls: false });
  });

  it('carries TLS and credentials', () => {
    expect(parseKafkaBrokers('kafka+ssl://shop:p%40ss%3Aw@a:9093,b:9094/?mechanism=plain&ca=/etc/ca.pem')).toEqual({
      brokers: ['a:9093', 'b:9094'], tls: true, caFile: '/etc/ca.pem',
      credentials: { mechanism: 'plain', username: 'shop', password: 'p@ss:w' },
    });
    expect(parseKafkaBrokers('kafka://shop:secret@a')).toMatchObject({ tls: false, credentials: { mechanism: 'scram-sha-512' } });
    expect(parseKafkaBrokers('kafka+ssl://a:9093')).toEqual({ brokers: ['a:9093'], tls: true });
  });

  it.each([
    ['', /expected host:port/], ['http://a:1', /is not host:port|expected/], ['a:port', /a:port is not host:port/], ['a:70000', /is not host:port/],
    ['kafka://shop@a', /user:password/], ['shop:secret@a:1', /need kafka:\/\//], ['kafka://shop:secret@a?mechanism=md5', /md5 is not a mechanism/],
    ['kafka://a?retries=1', /retries is not an option/], ['kafka://a?ca=/x', /ca needs kafka\+ssl/],
  ])('refuses %j, and says why', (text, why) => {
    expect(() => parseKafkaBrokers(text)).toThrow(why);
    expect(() => parseKafkaBrokers(text)).toThrow(expect.not.objectContaining({ message: expect.stringContaining('secret') }));
  });

  it('is shown without its password', () => {
    expect(withoutPassword('kafka+ssl://shop:secret@a:9093')).toBe('kafka+ssl://…@a:9093');
    expect(withoutPassword('shop:secret@a:9093')).toBe('…@a:9093');
    expect(withoutPassword('a:9093,b')).toBe('a:9093,b');
  });
});
