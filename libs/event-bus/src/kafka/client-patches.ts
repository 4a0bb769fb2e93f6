import type { PartitionAssigner } from 'kafkajs';
import { PartitionAssigners } from 'kafkajs';
import { version } from 'kafkajs/package.json';
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup';
import RequestQueue from 'kafkajs/src/network/requestQueue';
import { becomeStatic } from './static-membership';

/** What the patches were written for. Before the client gets another version they have to be read again. */
export const PATCHED_VERSION = '2.2.4';

export interface PartitionOffset {
  readonly topic: string;
  readonly partition: number;
  /** The offset of the next message to read. */
  readonly next: number;
  readonly metadata: string;
}

/** The present membership of a consumer group. */
export interface Membership {
  readonly assigned: readonly { readonly topic: string; readonly partition: number }[];
  /** Rejects when the broker does not take it, because the group has moved on or cannot be reached; tries once. */
  commit(offsets: readonly PartitionOffset[]): Promise<void>;
}

/** The two moments that the client does not let anybody wait at. */
export interface GroupHooks {
  /** The group is about to share out its partitions anew: the last chance to finish and commit. Must not reject. */
  leaving(): Promise<void>;
  /** Partitions are assigned, and nothing is read yet. Must not reject. */
  joined(membership: Membership): Promise<void>;
  /** Static membership: whoever comes back under this name within the session gets its partitions again. */
  readonly instanceId?: string;
}

const hooks = new WeakMap<object, GroupHooks>();
let applied = false;

/**
 * Patches the client, once:
 * - A connection that has nothing to send no longer wakes every millisecond for ever.
 * - The hooks of {@link assignerWith} are waited for when a group shares out its partitions.
 * Throws when the client has another version than the patches.
 */
export function patchClient(installed: string = version): void {
  if (installed !== PATCHED_VERSION) throw new Error(`kafkajs is ${installed}, and its patches are for ${PATCHED_VERSION}: read them again`);
  if (applied) return;
  applied = true;
  silenceIdleConnections();
  waitForHooks();
}

/** Round robin over the partitions, with the hooks of one consumer. */
export const assignerWith = (groupHooks: GroupHooks): PartitionAssigner => (config) => {
  const assigner = PartitionAssigners.roundRobin(config);
  hooks.set(assigner, groupHooks);
  return assigner;
};

function silenceIdleConnections(): void {
  const { scheduleCheckPendingRequests } = RequestQueue.prototype;
  RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
  };
}

function waitForHooks(): void {
  const { joinAndSync } = ConsumerGroup.prototype;
  ConsumerGroup.prototype.joinAndSync = async function (this: ConsumerGroup) {
    const mine = this.assigners.map((assigner) => hooks.get(assigner)).find((found) => found !== undefined);
    await mine?.leaving();
    if (mine?.instanceId !== undefined) becomeStatic(this, mine.instanceId);
    await joinAndSync.call(this);
    await mine?.joined(membershipOf(this));
  };
}

function membershipOf(group: ConsumerGroup): Membership {
  const { offsetManager } = group;
  return {
    assigned: group.assigned().flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition }))),
    async commit(offsets) {
      if (group.offsetManager !== offsetManager) throw new Error('the group has shared out its partitions anew');
      const topics = new Map<string, { partition: number; offset: string; metadata: string }[]>();
      for (const { topic, partition, next, metadata } of offsets) {
        const partitions = topics.get(topic) ?? [];
        partitions.push({ partition, offset: String(next), metadata });
        topics.set(topic, partitions);
      }
      await group.commitOffsets({ topics: [...topics].map(([topic, partitions]) => ({ topic, partitions })) });
    },
  };
}
