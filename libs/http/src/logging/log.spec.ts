import { createLog } from './log';
import { nestLog } from './nest-log';

const logging = (logFormat: 'json' | 'pretty' = 'json', logLevel: 'info' | 'debug' = 'info') => {
  const lines: string[] = [];
  return { log: createLog({ logLevel, logFormat }, { write: (line) => void lines.push(line) }), text: () => lines.join('') };
};

describe('the log', () => {
  it('is one JSON object a line', () => {
    const { log, text } = logging();
    log.info({ port: 3000 }, 'listening');
    log.debug('not shown');
    expect(JSON.parse(text())).toMatchObject({ level: 'info', port: 3000, msg: 'listening' });
    expect(text()).toMatch(/"time":"\d{4}-[^"]*Z"/);
  });

  it('is readable on a terminal', () => {
    const { log, text } = logging('pretty');
    log.info({ port: 3000 }, 'listening');
    expect(text()).toMatch(/INFO.*listening.*3000/);
  });

  it.each(['json', 'pretty'] as const)('hides secrets wherever they stand (%s)', (format) => {
    const { log, text } = logging(format);
    const secrets = {
      password: 'hunter22',
      adminPassword: 'hunter23',
      nested: { list: [{ accessToken: 'hunter24', authorization: 'hunter25', cookie: 'hunter26', email: 'hunter27', webhookSecret: 'hunter28' }] },
    };
    log.info(secrets, 'mail to ann.o+x@mail.example.com with Bearer eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2ln and Basic YTpi, whsec_aGVsbG8=, sk_sandbox');
    log.error({ err: Object.assign(new Error('smtp://bob:hunter29@mail.example.com refused bob@example.com'), { password: 'hunter30', response: 'hunter31' }) }, 'failed');
    expect(text()).not.toMatch(/hunter|ann|bob|eyJ|YTpi|aGVsbG8|sk_sandbox/);
    expect(text()).toContain('refused');
  });

  it('shows an error with its stack and cause', () => {
    const { log, text } = logging();
    log.error({ err: new Error('broken', { cause: new Error('deeper') }) }, 'failed');
    expect(JSON.parse(text())).toMatchObject({ err: { type: 'Error', message: 'broken', cause: 'deeper' } });
    expect(text()).toContain('log.spec');
  });

  it('takes what Nest has to say', () => {
    const { log, text } = logging('json', 'debug');
    const nest = nestLog(log);
    nest.log('mapped', 'Router');
    nest.error(new Error('broken'), 'Router');
    nest.warn({ odd: true }, 'Router');
    const lines = text().trim().split('\n').map((line) => JSON.parse(line) as object);
    expect(lines).toMatchObject([
      { level: 'debug', msg: 'mapped', context: 'Router' },
      { level: 'error', msg: 'broken', context: 'Router', err: { message: 'broken' } },
      { level: 'warn', msg: '{"odd":true}' },
    ]);
  });
});
