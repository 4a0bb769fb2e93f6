// What client-patches.ts knows of kafkajs 2.2.4, beyond its public types.
declare module 'kafkajs/src/network/requestQueue' {
  class RequestQueue {
    pending: unknown[];
    scheduleCheckPendingRequests(): void;
  }
  export = RequestQueue;
}

declare module 'kafkajs/src/broker' {
  class Broker {
    nodeId: number | null;
    lookupRequest(key: number, definition: unknown): (request: object) => unknown;
    joinGroup(request: object): Promise<unknown>;
  }
  export = Broker;
}

declare module 'kafkajs/src/protocol/requests' {
  export const requests: { readonly JoinGroup: unknown; readonly SyncGroup: unknown; readonly Heartbeat: unknown };
}

declare module 'kafkajs/src/protocol/requests/apiKeys' {
  const apiKeys: { readonly JoinGroup: number; readonly SyncGroup: number; readonly Heartbeat: number };
  export = apiKeys;
}

declare module 'kafkajs/src/consumer/consumerGroup' {
  import type Broker from 'kafkajs/src/broker';
  class ConsumerGroup {
    groupId: string;
    assigners: readonly object[];
    cluster: { findGroupCoordinator(request: { groupId: string }): Promise<Broker> };
    /** Null before the first join. */
    offsetManager: object | null;
    assigned(): readonly { readonly topic: string; readonly partitions: readonly number[] }[];
    commitOffsets(offsets: {
      readonly topics: readonly {
        readonly topic: string;
        readonly partitions: readonly { readonly partition: number; readonly offset: string; readonly metadata: string | null }[];
      }[];
    }): Promise<void>;
    joinAndSync(): Promise<void>;
  }
  export = ConsumerGroup;
}
