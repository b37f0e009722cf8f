import { join } from 'node:path';
import { DynamoDbBudgets } from '../../shared/adapters/aws/dynamodb-budgets.ts';
import { DynamoDbLineageStore } from '../../shared/adapters/aws/dynamodb-lineage-store.ts';
import { RoutedObjectStore } from '../../shared/adapters/aws/routed-object-store.ts';
import { S3Journal } from '../../shared/adapters/aws/s3-journal.ts';
import { S3ObjectStore } from '../../shared/adapters/aws/s3-object-store.ts';
import { StepFunctionsOwners } from '../../shared/adapters/aws/step-functions-owners.ts';
import { DuckDbTraceLog } from '../../shared/adapters/duckdb/duckdb-trace-log.ts';
import { DuckDbTraceQuery } from '../../shared/adapters/duckdb/duckdb-trace-query.ts';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { SystemClock } from '../../shared/adapters/local/system-clock.ts';
import { SystemIds } from '../../shared/adapters/local/system-ids.ts';
import { createBackEnds } from '../../shared/composition/create-back-ends.ts';
import { createExporters } from '../../shared/composition/create-exporters.ts';
import { createFormats } from '../../shared/composition/create-formats.ts';
import type { Observer } from '../../shared/ports/observer.ts';
import { taskKinds } from '../../shared/tasks/task-kinds.ts';
import type { Place } from '../place.ts';
import { ProcessOwners } from '../process-owners.ts';
import { type AwsClients, createAwsClients } from './aws-clients.ts';
import { cacheDirectory, dropCopies, keepCopy } from './kept-copies.ts';
import { readStack, type StackOutputs } from './read-stack.ts';
import { StackExecutions } from './stack-executions.ts';

/**
 * A deployed stack. What is computed for a person (first training, predictions) is computed here, over the stack's own
 * data.
 */
export interface StackPlace extends Place {
  readonly name: string;
  readonly outputs: StackOutputs;
  readonly clients: AwsClients;
  readonly executions: StackExecutions;
  /** What servers of the stack have acknowledged; null for a stack of a version that has none. */
  readonly journal: S3Journal | null;
}

export interface OpenStackOptions {
  readonly observer: Observer;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens a deployed stack with the credentials and region of the environment. Close it, or its worker threads keep the
 * process alive.
 * @throws RatchetError InvalidInput when there is none, AccessDenied, StorageFailure
 */
export async function openStack(name: string, { observer, env }: OpenStackOptions): Promise<StackPlace> {
  const clients = createAwsClients(env);
  try {
    const outputs = await readStack(name, clients.cloudFormation);
    return placeOf(name, outputs, clients, { observer, env });
  } catch (error) {
    clients.close();
    throw error;
  }
}

function placeOf(
  name: string,
  outputs: StackOutputs,
  clients: AwsClients,
  { observer, env }: OpenStackOptions,
): StackPlace {
  const cache = cacheDirectory(env);
  const copies = join(cache, 'stacks', outputs.ArtifactBucketName);
  const objects = new RoutedObjectStore({
    traces: new S3ObjectStore({ client: clients.s3, bucket: outputs.TraceBucketName }),
    artifacts: new S3ObjectStore({ client: clients.s3, bucket: outputs.ArtifactBucketName }),
  });
  const clock = new SystemClock();
  const { JournalBucketName: journalBucket, ServingUrl: servingUrl } = outputs;
  const journal =
    journalBucket === undefined
      ? null
      : new S3Journal({
          objects: new S3ObjectStore({ client: clients.s3, bucket: journalBucket }),
          now: () => clock.now(),
        });
  const traceLog = new DuckDbTraceLog({ objects, clock });
  const traceQuery = new DuckDbTraceQuery({ objects });
  const { backEnds, forget, abort, close } = createBackEnds({
    objects,
    cacheDirectory: join(cache, 'embeddings'),
    clock,
    budgets: new DynamoDbBudgets({ client: clients.dynamoDb, table: outputs.TableName }),
    // Judges and agents are asked by the stack's functions alone.
    chat: async () => null,
  });
  return {
    name,
    outputs,
    clients,
    journal,
    ...(servingUrl === undefined ? {} : { servingUrl }),
    executions: new StackExecutions({ client: clients.stepFunctions, stateMachineArn: outputs.StateMachineArn }),
    ports: {
      objects,
      lineage: new DynamoDbLineageStore({ client: clients.dynamoDb, table: outputs.TableName }),
      traceLog,
      traceQuery,
      tasks: taskKinds,
      formats: createFormats(),
      ...backEnds,
      exporters: createExporters({ objects }),
      clock,
      ids: new SystemIds(clock),
      random: new SeededRandom(),
      observer,
      owners: new StepFunctionsOwners({ client: clients.stepFunctions }),
    },
    localCopy: (key) => keepCopy(key, objects, copies),
    owner: new ProcessOwners().self,
    abort,
    async forget(texts, keys) {
      await dropCopies(keys, copies);
      return forget(texts);
    },
    async close() {
      await Promise.all([close(), traceLog.close(), traceQuery.close()]);
      clients.close();
    },
  };
}
