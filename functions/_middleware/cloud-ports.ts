import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { AwsConsoleLinks } from '../../shared/adapters/aws/aws-console-links.ts';
import { DynamoDbBudgets } from '../../shared/adapters/aws/dynamodb-budgets.ts';
import { DynamoDbLineageStore } from '../../shared/adapters/aws/dynamodb-lineage-store.ts';
import { RoutedObjectStore } from '../../shared/adapters/aws/routed-object-store.ts';
import { S3Journal } from '../../shared/adapters/aws/s3-journal.ts';
import { S3ObjectStore } from '../../shared/adapters/aws/s3-object-store.ts';
import { StepFunctionsOwners } from '../../shared/adapters/aws/step-functions-owners.ts';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { SystemClock } from '../../shared/adapters/local/system-clock.ts';
import { SystemIds } from '../../shared/adapters/local/system-ids.ts';
import type { Budgets } from '../../shared/ports/budgets.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { taskKinds } from '../../shared/tasks/task-kinds.ts';
import { absentPort } from './absent-port.ts';
import { readEnvironment, readJournalBucket } from './environment.ts';
import { logObserver } from './log-observer.ts';
import { tracer } from './powertools.ts';

/** What every function has at hand, and what the parts of its ports are made of. */
export interface Cloud {
  readonly ports: Ports;
  readonly s3: S3Client;
  /** The trace bucket alone, for what only S3 can do. */
  readonly traceBucket: S3ObjectStore;
  /** What agents of a run may use. */
  readonly budgets: Budgets;
  /** What servers acknowledge, in functions that keep or move it. @throws RatchetError InvalidInput */
  readonly journal: () => S3Journal;
  readonly stepFunctions: SFNClient;
  /** A folder for what may be lost with the container. */
  readonly cacheDirectory: string;
}

/** A group of ports that only some functions have. What is heavy in it is loaded when it is first used. */
export type PortsPart = (cloud: Cloud) => Partial<Ports>;

/**
 * The ports of a function: S3, DynamoDB and Step Functions, and the parts named. A port of no part fails when it is
 * used.
 * @throws RatchetError InvalidInput when the environment is wrong
 */
export function cloudPorts(parts: readonly PortsPart[] = []): Cloud {
  const environment = readEnvironment();
  const { s3, dynamoDb, stepFunctions } = awsClients();
  const traceBucket = new S3ObjectStore({ client: s3, bucket: environment.RATCHET_TRACE_BUCKET });
  const objects = new RoutedObjectStore({
    traces: traceBucket,
    artifacts: new S3ObjectStore({ client: s3, bucket: environment.RATCHET_ARTIFACT_BUCKET }),
  });
  const clock = new SystemClock();
  const cloud: Cloud = {
    ports: {
      objects,
      lineage: new DynamoDbLineageStore({ client: dynamoDb, table: environment.RATCHET_TABLE }),
      traceLog: absentPort('traceLog', 'withTraceLog'),
      traceQuery: absentPort('traceQuery', 'a part with a trace query'),
      tasks: taskKinds,
      formats: absentPort('formats', 'withFormats'),
      trainers: absentPort('trainers', 'withBackEnds'),
      predictors: absentPort('predictors', 'withBackEnds'),
      analysts: absentPort('analysts', 'withBackEnds'),
      judges: absentPort('judges', 'withBackEnds'),
      clock,
      ids: new SystemIds(clock),
      random: new SeededRandom(),
      observer: logObserver(),
      owners: new StepFunctionsOwners({ client: stepFunctions }),
      links: new AwsConsoleLinks({ region: process.env.AWS_REGION ?? '', bucket: environment.RATCHET_ARTIFACT_BUCKET }),
    },
    s3,
    traceBucket,
    budgets: new DynamoDbBudgets({ client: dynamoDb, table: environment.RATCHET_TABLE }),
    journal: () => {
      const bucket = readJournalBucket();
      return new S3Journal({ objects: new S3ObjectStore({ client: s3, bucket }), now: () => clock.now() });
    },
    stepFunctions,
    cacheDirectory: join(tmpdir(), 'ratchet'),
  };
  return { ...cloud, ports: Object.assign({}, cloud.ports, ...parts.map((part) => part(cloud))) };
}

function awsClients() {
  // An endpoint of one's own seldom has a host name for each bucket.
  const hasEndpoint = [process.env.AWS_ENDPOINT_URL, process.env.AWS_ENDPOINT_URL_S3].some((url) => (url ?? '') !== '');
  return {
    s3: tracer.captureAWSv3Client(new S3Client({ forcePathStyle: hasEndpoint })),
    dynamoDb: tracer.captureAWSv3Client(new DynamoDBClient({})),
    stepFunctions: tracer.captureAWSv3Client(new SFNClient({})),
  };
}
