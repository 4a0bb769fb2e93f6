import { engineAddresses, SERVICES, startServiceProcesses } from '../../tests/support/service-processes';

/** The services, the gateway and the stand-in provider as separate processes on the engines of the environment; says where they are, and ends them at SIGTERM. */
async function serve(): Promise<void> {
  const [email, password] = process.argv.slice(2);
  const shop = await startServiceProcesses({ engines: engineAddresses(), settings: { ADMIN_EMAIL: email ?? '', ADMIN_PASSWORD: password ?? '' } });
  const processes = [shop.gateway, shop.sandbox, ...SERVICES.flatMap((service) => shop.instancesOf(service))];
  process.once('SIGTERM', () => void shop.stop().then(() => process.exit(0)));
  process.stdout.write(`${JSON.stringify({ url: shop.gateway.url, pids: processes.map(({ pid }) => pid) })}\n`);
}

void serve();
