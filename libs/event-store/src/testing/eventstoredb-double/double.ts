import { Server, ServerCredentials } from '@grpc/grpc-js';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb';
import { ClusterInfo, EndPoint, MemberInfo } from '@eventstore/db-client/generated/gossip_pb';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import { SupportedMethod, SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';
import { EmbeddedEngine } from '../../embedded/engine';
import { Faults } from './faults';
import { DoubleStore } from './store';
import { type Activity, streamsService } from './streams-service';

export interface EventStoreDbDouble {
  /** For the client: `esdb://127.0.0.1:<port>?tls=false`. */
  readonly url: string;
  readonly port: number;
  readonly faults: Faults;
  readonly activity: Readonly<Activity>;
  /** Cuts every connection, without a word. The double goes on. */
  cutConnections(): void;
  close(): Promise<void>;
}

export interface DoubleOptions {
  /** Events and their positions are there again after a restart on the same directory. */
  readonly directory: string;
  /** Default: a free one. */
  readonly port?: number;
}

/**
 * A test double of EventStoreDB: speaks its gRPC protocol on loopback, over the embedded engine, so that the real client
 * runs its real code over a real socket. What it imitates was observed on a real server; docs/adr/0011-eventstoredb-adapter.md
 * says what it cannot show.
 */
export async function startEventStoreDbDouble({ directory, port: wanted = 0 }: DoubleOptions): Promise<EventStoreDbDouble> {
  const engine = EmbeddedEngine.open({ directory });
  const faults = new Faults();
  const activity: Activity = { openReads: 0, droppedSubscriptions: 0 };
  // Events of up to 16 MiB are read; keepalives come as often as clients like.
  const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024, 'grpc.max_send_message_length': 17 * 1024 * 1024 });
  let port = wanted;
  const cutConnections = () => server.drain(`127.0.0.1:${port}`, 0);
  server.addService(StreamsService, streamsService({ store: new DoubleStore(engine), faults, cutConnections, activity }));
  server.addService(ServerFeaturesService, {
    getSupportedMethods: (_: unknown, callback: (error: null, methods: SupportedMethods) => void) => callback(null, supportedMethods()),
  });
  server.addService(GossipService, {
    read: (_: unknown, callback: (error: null, cluster: ClusterInfo) => void) => callback(null, clusterOfOne(port)),
  });
  port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${wanted}`, ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });
  return {
    url: `esdb://127.0.0.1:${port}?tls=false`,
    port,
    faults,
    activity,
    cutConnections,
    async close() {
      server.forceShutdown();
      await engine.close();
    },
  };
}

/** A cluster of which this is the only member, and so the leader. */
function clusterOfOne(port: number): ClusterInfo {
  const address = new EndPoint();
  address.setAddress('127.0.0.1');
  address.setPort(port);
  const member = new MemberInfo();
  member.setState(MemberInfo.VNodeState.LEADER);
  member.setIsAlive(true);
  member.setTimeStamp('0');
  member.setHttpEndPoint(address);
  const cluster = new ClusterInfo();
  cluster.addMembers(member);
  return cluster;
}

function supportedMethods(): SupportedMethods {
  const methods = new SupportedMethods();
  methods.setEventStoreServerVersion('23.10.6');
  for (const { path } of Object.values(StreamsService) as readonly { readonly path: string }[]) {
    const [, service = '', name = ''] = path.split('/');
    const method = new SupportedMethod();
    method.setServiceName(service);
    method.setMethodName(name.toLowerCase());
    methods.addMethods(method);
  }
  return methods;
}
