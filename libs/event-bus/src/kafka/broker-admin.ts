import type { Admin, Kafka } from 'kafkajs';

export interface TopicEnds {
  readonly partition: number;
  /** The first offset that is kept. */
  readonly low: number;
  /** The offset that the next message gets. */
  readonly high: number;
}

export interface Committed {
  readonly partition: number;
  /** Undefined: the group has committed nothing yet. */
  readonly next: number | undefined;
  readonly metadata: string | null;
}

/** Asks the brokers, with a connection that is made when it is needed and made anew when it fails. */
export class BrokerAdmin {
  private connecting: Promise<Admin> | undefined;

  constructor(private readonly kafka: Kafka) {}

  ends(topic: string): Promise<readonly TopicEnds[]> {
    return this.ask(async (admin) =>
      (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) })),
    );
  }

  committed(groupId: string, topics: readonly string[]): Promise<ReadonlyMap<string, readonly Committed[]>> {
    return this.ask(async (admin) => {
      const offsets = await admin.fetchOffsets({ groupId, topics: [...topics] });
      return new Map(offsets.map(({ topic, partitions }) => [topic, partitions.map(toCommitted)]));
    });
  }

  async ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    this.connecting ??= this.connect();
    const { connecting } = this;
    try {
      return await question(await connecting);
    } catch (error) {
      if (this.connecting === connecting) this.connecting = undefined;
      void connecting.then((admin) => admin.disconnect()).catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    const { connecting } = this;
    this.connecting = undefined;
    await connecting?.then((admin) => admin.disconnect()).catch(() => undefined);
  }

  private async connect(): Promise<Admin> {
    const admin = this.kafka.admin({ retry: { retries: 3 } });
    await admin.connect();
    return admin;
  }
}

const toCommitted = ({ partition, offset, metadata }: { partition: number; offset: string; metadata: string | null }): Committed => ({
  partition, next: Number(offset) < 0 ? undefined : Number(offset), metadata,
});
