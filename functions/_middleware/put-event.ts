import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { awsFailure } from '../../shared/adapters/aws/aws-failure.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { once } from './lambda-function.ts';
import { tracer } from './powertools.ts';

const client = once(() => tracer.captureAWSv3Client(new EventBridgeClient({})));

/** What Ratchet tells the rest of the account, by detail-type. Ids, counts and reasons, never text of traces. */
export interface EventDetails {
  'Traces Ingested': {
    readonly modelId: string;
    readonly ingested: number;
    readonly judgements: number;
    readonly quarantined: number;
  };
  'Drop Refused': {
    readonly drop: string;
    readonly modelId: string | null;
    readonly name: string;
    readonly cause: string;
  };
  'Run Finished': {
    readonly modelId: string;
    readonly runId: string;
    readonly status: string;
    readonly decision: string | null;
    readonly reason: string;
    readonly championId: string | null;
  };
  'Drift Seen': {
    readonly modelId: string;
    readonly signals: readonly string[];
  };
  'Champion Moved Back': {
    readonly modelId: string;
    readonly from: string | null;
    readonly to: string | null;
    readonly reason: string;
  };
}

/** Puts an event of source `ratchet` on the default bus. @throws RatchetError AccessDenied, StorageFailure */
export async function putEvent<T extends keyof EventDetails>(type: T, detail: EventDetails[T]): Promise<void> {
  const request = { action: `put ${type} on`, resource: 'the default event bus', permission: 'events:PutEvents' };
  const entry = { Source: 'ratchet', DetailType: type, Detail: JSON.stringify(detail) };
  const answer = await client()
    .send(new PutEventsCommand({ Entries: [entry] }))
    .catch((error: unknown) => {
      throw awsFailure(request, error);
    });
  const refused = answer.Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
  if (refused === undefined) return;
  throw new RatchetError('StorageFailure', `EventBridge did not take ${type}: ${refused.ErrorCode}.`, {
    cause: refused.ErrorMessage,
    mend: 'It is tried again by itself; if it persists, see the quotas of EventBridge.',
  });
}
