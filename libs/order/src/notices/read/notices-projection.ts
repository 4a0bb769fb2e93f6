import type { BusEvent } from '@tillroll/event-bus';
import type { DocumentChange, Projection } from '@tillroll/read-models';
import { type Notice, noticeEventTypes, noticeOf } from './notice';

/** `position` is the notice's place among all others, and the id to resume a live stream from. */
export type NoticeDocument = Notice & { readonly customerId: string; readonly position: number };

export const NOTICES = 'order.notices';

const tell = (event: BusEvent): readonly DocumentChange<NoticeDocument>[] => {
  const told = noticeOf(event);
  if (told === undefined) return [];
  const { customerId, notice } = told;
  return [{ id: notice.noticeId, change: () => ({ ...notice, customerId, position: event.position }) }];
};

export const noticesProjection: Projection<NoticeDocument> = {
  name: NOTICES,
  version: 1,
  indexes: [{ fields: ['customerId', 'position'] }],
  on: Object.fromEntries(noticeEventTypes.map((type) => [type, tell])),
};

/** The notice as the customer sees it. */
export function shownNotice({ customerId: _, position: __, ...notice }: NoticeDocument): Readonly<Record<string, unknown>> {
  return notice;
}
