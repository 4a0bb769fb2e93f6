import { runToEnd, SERVICES } from '../support/service-processes';

const TOKEN = 'the-token-of-these-services';
const ALL = { EVENTSTORE_URL: 'esdb://127.0.0.1:1', KAFKA_BROKERS: '127.0.0.1:1', MONGODB_URL: 'mongodb://127.0.0.1:1', SERVICE_TOKEN: TOKEN };

const linesOf = (error: unknown): readonly string[] => String(error).split('\n').filter((line) => line.trim() !== '');

describe('a service as a process of its own', () => {
  it.each(SERVICES)('%s ends with 78 and a line for each setting that it cannot do without', async (service) => {
    const failed = await runToEnd(`${service}/dist/main.js`, {}).catch((error: unknown) => error);
    const lines = linesOf(failed);
    expect(lines[0]).toMatch(new RegExp(`ended with 78: EVENTSTORE_URL: allowed: a value: the ${service} service`));
    for (const setting of ['KAFKA_BROKERS', 'MONGODB_URL', 'SERVICE_TOKEN', ...(service === 'payment' ? ['WEBHOOK_SECRET'] : [])]) expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^${setting}: allowed: a value`)));
    expect(lines).toHaveLength(service === 'payment' ? 5 : 4);
  });

  it('never tells a secret', async () => {
    const wrong = { ...ALL, SERVICE_TOKEN: 's3cret', MONGODB_URL: 'http://u:s3cret@x', EVENTSTORE_URL: 'http://u:s3cret@x', KAFKA_BROKERS: 'http://u:s3cret@x' };
    const failed = await runToEnd('order/dist/main.js', wrong).catch((error: unknown) => error);
    expect(linesOf(failed)).toHaveLength(4);
    expect(String(failed)).not.toContain('s3cret');
  });

  it('the gateway wants the token and where the key of tokens is', async () => {
    const failed = await runToEnd('gateway/dist/main.js', { ORDER_URL: 'order:3002' }).catch((error: unknown) => error);
    expect(linesOf(failed).map((line) => /([A-Z_]+): (?:given .*, )?allowed/.exec(line)?.[1])).toEqual(['MONGODB_URL', 'SERVICE_TOKEN', 'ORDER_URL']);
  });

  it('the step that creates topics wants to know where', async () => {
    const failed = await runToEnd('shop/dist/topics.js', {}).catch((error: unknown) => error);
    expect(String(failed)).toMatch(/ended with 78: KAFKA_BROKERS: allowed/);
  });
});
