import type { EventStore } from '@tillroll/event-store';
import type { RelayCheckpoints } from '../relay/relay-checkpoints';
import type { BrokerAdmin, TopicEnds } from './broker-admin';
import type { GroupConsumer } from './group-consumer';
import { contextOf } from './topic-names';

export interface GroupProgressOptions {
  readonly admin: BrokerAdmin;
  readonly checkpoints: Pick<RelayCheckpoints, 'get'>;
  readonly store: EventStore;
  /** The prefixes of each context's streams. */
  readonly contexts: ReadonlyMap<string, readonly string[]>;
}

export type Ends = ReadonlyMap<string, readonly TopicEnds[]>;

/** How far consumer groups are: in this process by what it knows, elsewhere by what is committed. */
export class GroupProgress {
  constructor(private readonly options: GroupProgressOptions) {}

  /** True when everything of the consumer's contexts up to the position is published. */
  async isPublished(consumer: GroupConsumer, position: number): Promise<boolean> {
    for (const context of contextsOf(consumer)) if (!(await this.isRelayed(context, position))) return false;
    return true;
  }

  async ends(topics: Iterable<string>): Promise<Ends> {
    const { admin } = this.options;
    return new Map(await Promise.all([...topics].map(async (topic) => [topic, await admin.ends(topic)] as const)));
  }

  /** How many messages of its topics the group has before it, and where in the log it stands. */
  async of(consumer: GroupConsumer, ends: Ends): Promise<{ readonly lag: number; readonly position: number }> {
    let lag = 0;
    let position = Number.POSITIVE_INFINITY;
    const behind = (messages: number, logPosition: number) => {
      if (messages <= 0) return;
      lag += messages;
      position = Math.min(position, logPosition);
    };
    const elsewhere: { topic: string; end: TopicEnds }[] = [];
    for (const topic of consumer.topics)
      for (const end of ends.get(topic) ?? []) {
        const intake = consumer.intake(topic, end.partition);
        if (intake?.resumeAt !== undefined) behind(end.high - intake.resumeAt, intake.logPosition);
        else if (end.high > end.low) elsewhere.push({ topic, end });
      }
    if (elsewhere.length > 0) {
      const committed = await this.options.admin.committed(consumer.groupId, consumer.topics);
      for (const { topic, end } of elsewhere) {
        const { next, metadata } = committed.get(topic)?.find(({ partition }) => partition === end.partition) ?? {};
        behind(end.high - Math.max(next ?? 0, end.low), Number(metadata ?? 0));
      }
    }
    return { lag, position: lag > 0 ? position : await this.relayedUpTo(consumer) };
  }

  private async relayedUpTo(consumer: GroupConsumer): Promise<number> {
    const { checkpoints } = this.options;
    return Math.min(...(await Promise.all(contextsOf(consumer).map((context) => checkpoints.get(context)))));
  }

  /** The relay's checkpoint is beyond it, or there is nothing of the context between the two. */
  private async isRelayed(context: string, position: number): Promise<boolean> {
    const { checkpoints, store, contexts } = this.options;
    const checkpoint = await checkpoints.get(context);
    if (checkpoint >= position) return true;
    for await (const { events } of store.readAll({ after: checkpoint, prefixes: contexts.get(context) ?? [] }))
      for (const event of events) return event.position > position;
    return true;
  }
}

export const contextsOf = ({ types }: GroupConsumer): readonly string[] => [...new Set([...types].map(contextOf))];
