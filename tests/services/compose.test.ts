import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readSettings, SERVICE_PORTS } from '@tillroll/settings';
import { parse } from 'yaml';

const root = resolve(__dirname, '../..');
const text = readFileSync(resolve(root, 'docker-compose.yml'), 'utf8');
const dockerfile = readFileSync(resolve(root, 'Dockerfile'), 'utf8');

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
  readonly tmpfs?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly healthcheck?: { readonly disable?: boolean; readonly test?: readonly string[] };
  readonly container_name?: string;
  readonly stop_grace_period?: string;
  readonly privileged?: boolean;
}
const compose = parse(text, { merge: true }) as { readonly services: Readonly<Record<string, Service>>; readonly networks: Record<string, { internal?: boolean }>; readonly volumes: Record<string, unknown> };
const { services } = compose;

const ENGINES = ['eventstoredb', 'kafka', 'mongodb'];
const names = Object.keys(SERVICE_PORTS);
const ours = Object.entries(services).filter(([name]) => !ENGINES.includes(name));
const separate = Object.entries(services).filter(([name]) => names.includes(name));

/** What compose makes of `${NAME}`, `${NAME:-default}` and `${NAME:?message}`. */
function filled(value: string | number, env: Readonly<Record<string, string>>): string {
  return String(value).replace(/\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind: string | undefined, rest: string | undefined) => {
    const given = env[name];
    if (given !== undefined && given !== '') return given;
    if (kind === '?') throw new Error(`${name}: ${rest}`);
    return rest ?? '';
  });
}
const environmentOf = ({ environment = {} }: Service, env: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, filled(value, env)]));

const SECRETS = { SERVICE_TOKEN: 'not-easy-to-guess-1', WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}` };

describe('the compose file', () => {
  it('has every service, every engine, the provider and the step that creates the topics', () =>
    expect(Object.keys(services).sort()).toEqual([...ENGINES, ...names, 'gateway', 'sandbox-gateway', 'topics'].sort()));

  it('pins every version', () => {
    for (const { image } of Object.values(services)) expect(image).toMatch(/:\d+\.\d+\.\d+/);
    expect(dockerfile).toMatch(/^ARG NODE=24\.\d+\.\d+-/m);
  });

  it('publishes nothing but the gateway, on this machine only', () => {
    for (const [name, { ports }] of Object.entries(services)) expect([name, ports]).toEqual([name, name === 'gateway' ? ['127.0.0.1:3000:3000'] : undefined]);
    expect(compose.networks['inside']).toEqual({ internal: true });
    for (const name of ENGINES) expect(services[name]?.networks).toEqual(['inside']);
  });

  it('holds no secret: they are asked for by name', () => {
    expect(() => separate.map(([, service]) => environmentOf(service, {}))).toThrow(/SERVICE_TOKEN/);
    for (const service of Object.values(services))
      for (const [name, value] of Object.entries(service.environment ?? {})) if (/TOKEN|SECRET|PASSWORD|_KEY$/.test(name)) expect([name, value]).toEqual([name, expect.stringMatching(/^\$\{[A-Z_]+:[-?]/)]);
    expect(text).not.toMatch(/whsec_[A-Za-z0-9+/]{8}|:\/\/[^\s/]+:[^\s/]+@/);
  });

  it('gives each service settings that it accepts, and all that it needs', () => {
    for (const [name, service] of separate) {
      const settings = readSettings({ ...environmentOf(service, SECRETS), HOST: '0.0.0.0', PORT: '3000' }, { service: { name, port: 3000, needs: ['EVENTSTORE_URL', 'KAFKA_BROKERS', 'MONGODB_URL', 'SERVICE_TOKEN', ...(name === 'payment' ? ['WEBHOOK_SECRET'] : [])] } });
      expect(settings.serviceToken).toBe(SECRETS.SERVICE_TOKEN);
    }
    const gateway = services['gateway'];
    if (gateway === undefined) throw new Error('there is no gateway');
    const { serviceUrls } = readSettings(environmentOf(gateway, SECRETS));
    expect(serviceUrls).toEqual(Object.fromEntries(names.map((name) => [name, [`http://${name}:3000`]])));
  });

  it('starts each after what it needs', () => {
    for (const [name, { depends_on }] of separate)
      expect([name, depends_on]).toEqual([name, { ...Object.fromEntries(ENGINES.map((engine) => [engine, { condition: 'service_healthy' }])), topics: { condition: 'service_completed_successfully' } }]);
    for (const name of [...names, 'sandbox-gateway']) expect(services['gateway']?.depends_on?.[name]).toEqual({ condition: 'service_healthy' });
    expect(services['topics']?.depends_on).toEqual({ kafka: { condition: 'service_healthy' } });
  });

  it('knows whether each is well', () => {
    for (const name of ENGINES) expect(services[name]?.healthcheck?.test).toBeDefined();
    expect(dockerfile).toMatch(/^HEALTHCHECK /m);
    for (const [name, { healthcheck }] of ours) expect([name, healthcheck?.disable === true]).toEqual([name, name === 'topics']);
  });

  it('runs ours without privileges, on a root that cannot be written, with time to stop', () => {
    for (const [name, service] of ours) expect([name, service]).toEqual([name, expect.objectContaining({ read_only: true, tmpfs: ['/tmp'], cap_drop: ['ALL'], stop_grace_period: '35s' })]);
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile.split(/^FROM /m).length - 1).toBe(2);
    for (const service of Object.values(services)) expect(service).not.toHaveProperty('privileged');
  });

  it('keeps data in named volumes', () => {
    const used = Object.values(services).flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0] ?? ''));
    expect([...new Set(used)].sort()).toEqual(Object.keys(compose.volumes).sort());
    for (const name of [...ENGINES, 'sandbox-gateway']) expect(services[name]?.volumes?.length).toBeGreaterThan(0);
  });

  it('can be scaled: nothing of a service is there only once', () => {
    for (const [name, service] of separate) expect([name, service.container_name, service.volumes]).toEqual([name, undefined, undefined]);
  });

  it.each(ours.map(([name, { command }]) => [name, command?.at(-1) ?? '']))('%s runs a program that is there: %s', (_name, program) => {
    expect(readFileSync(resolve(root, program.replace('/dist/', '/src/').replace(/\.js$/, '.ts')), 'utf8')).toMatch(/./);
  });
});
