import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { Answers, type Caller, CurrentCaller, invalid, pageAnswer, PageOf, type PageRequest, sendServerSentEvents } from '@tillroll/http';
import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { PERSONAL_DATA, type PersonalData, withReadableTexts } from '@tillroll/secrets';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NOTICES, type NoticeDocument, shownNotice } from '../read/notices-projection';
import { LiveNotices } from './live-notices';
import { exampleNotice } from './notices-examples';

@Controller('me/notices')
export class NoticesController {
  constructor(
    @Inject(READ_MODELS) private readonly readModels: ReadModels,
    @Inject(LiveNotices) private readonly live: LiveNotices,
    @Inject(PERSONAL_DATA) private readonly personalData: PersonalData,
  ) {}

  @Get()
  @Answers({ status: 200, description: 'What the customer was told, newest first.', example: { data: [exampleNotice], page: { next: null } } })
  async list(@CurrentCaller() { customerId }: Caller, @PageOf() page: PageRequest) {
    const found = await this.readModels.find<NoticeDocument>(NOTICES, {
      where: { customerId },
      orderBy: 'position',
      direction: 'descending',
      ...(page.after === undefined ? {} : { after: page.after }),
      limit: page.limit + 1,
    });
    const readable = found.map(async ({ id, document }) => ({ id, document: await withReadableTexts(this.personalData, customerId, document) }));
    return pageAnswer(page, await Promise.all(readable), 'position', shownNotice);
  }

  @Get('stream')
  @Answers({ status: 200, description: 'Server-sent events: the notices to come, or those after `Last-Event-ID`.' })
  async stream(@CurrentCaller() { customerId }: Caller, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const after = lastEventId(request);
    await sendServerSentEvents(request, reply, (signal) => this.live.follow(customerId, after, signal));
  }
}

function lastEventId({ headers }: FastifyRequest): number | undefined {
  const id = headers['last-event-id'];
  if (id === undefined || id === '') return undefined;
  return typeof id === 'string' && /^\d{1,15}$/.test(id) ? Number(id) : invalid({ parameter: 'Last-Event-ID', code: 'malformed', message: 'must be the id of an event of this stream' });
}
