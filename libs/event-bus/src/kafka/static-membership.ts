import Broker from 'kafkajs/src/broker';
import type ConsumerGroup from 'kafkajs/src/consumer/consumerGroup';
import { requests } from 'kafkajs/src/protocol/requests';
import apiKeys from 'kafkajs/src/protocol/requests/apiKeys';

const SEND = Object.getOwnPropertySymbols(Broker.prototype).find(({ description }) => description === 'private:Broker:sendRequest');

const staticGroups = new WeakSet<ConsumerGroup>();

/**
 * The client can write the group instance id into its requests and has no setting for it. From here on the group's
 * requests carry it, and the group is not left on a stop: who comes back within the session finds its partitions waiting.
 */
export function becomeStatic(group: ConsumerGroup, groupInstanceId: string): void {
  if (staticGroups.has(group)) return;
  staticGroups.add(group);
  const { cluster } = group;
  const find = cluster.findGroupCoordinator.bind(cluster);
  cluster.findGroupCoordinator = async (request) => withInstanceId(await find(request), groupInstanceId);
}

function withInstanceId(broker: Broker, groupInstanceId: string): Broker {
  const sending = (name: 'JoinGroup' | 'SyncGroup' | 'Heartbeat') => async (request: object) => {
    const send: unknown = SEND === undefined ? undefined : Reflect.get(broker, SEND);
    if (typeof send !== 'function') throw new Error('this version of kafkajs sends requests in another way');
    const write = broker.lookupRequest(apiKeys[name], requests[name]);
    return (await Reflect.apply(send, broker, [write({ memberId: '', protocolType: 'consumer', ...request, groupInstanceId })])) as unknown;
  };
  const replaced = new Map<PropertyKey, unknown>([
    ['joinGroup', sending('JoinGroup')],
    ['syncGroup', sending('SyncGroup')],
    ['heartbeat', sending('Heartbeat')],
    ['leaveGroup', () => Promise.resolve()],
  ]);
  return new Proxy(broker, {
    get(target, key) {
      if (replaced.has(key)) return replaced.get(key);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
