import type { OpenAPIObject } from '@nestjs/swagger';
import type { Clock } from '@tillroll/kernel';
import type { Settings } from '@tillroll/settings';
import type { RevokedCustomers, TokenVerifier } from '../callers/tokens';
import type { ConsistencyTokens } from '../consistency/consistency-tokens';
import type { ReadGate } from '../consistency/read-gate';
import type { HealthPart } from '../health/health-part';
import type { IdempotencyRecords } from '../idempotency/idempotency-records';
import type { Log } from '../logging/log';
import type { Metrics } from '../metrics/metrics';

/** What the HTTP edge is made of. */
export interface HttpParts {
  readonly settings: Pick<Settings, 'rateLimit'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly verifier: TokenVerifier;
  readonly revoked: RevokedCustomers;
  readonly idempotency: IdempotencyRecords;
  readonly consistency: ConsistencyTokens;
  readonly readGate: ReadGate;
  readonly health: readonly HealthPart[];
  /** A part whose check takes longer than this counts as down. Default: 2 s. */
  readonly longestCheckMs?: number;
  readonly metrics: Metrics;
  /** What is shown as the description of the API. Default: of what the application's own controllers answer. */
  readonly document?: () => OpenAPIObject;
}
