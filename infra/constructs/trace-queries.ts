import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { FunctionSpec } from '../function-specs.ts';
import { acknowledge, acknowledgeWildcard } from './acknowledge.ts';

export interface TraceQueriesProps {
  /** Of the deployment: work groups are named after it, and the database with "_" for "-". */
  readonly name: string;
  /** Where agents query by Athena: bytes that one query may read; Athena's least is 10 MB. */
  readonly agents?: { readonly bytesLimit: number };
  /** Where the trace log is read by Athena. */
  readonly log?: true;
}

/** By which work group is asked, and for whom: what agents ask is read page by page, what is asked of the log as a file. */
export interface Asks {
  readonly workGroup: string;
  readonly asksFor: 'agents' | 'log';
}

type Column = readonly [name: string, type: string];

/** Columns of the log's Parquet files, as Glue names their types. */
export const traceColumns: readonly Column[] = [
  ['arrival', 'bigint'],
  ['batch_id', 'string'],
  ['position', 'int'],
  ['trace_id', 'string'],
  ['timestamp', 'timestamp'],
  ['timestamp_text', 'string'],
  ['checkpoint_id', 'string'],
  ['input', 'string'],
  ['input_digest', 'string'],
  ['output', 'string'],
  ['confidence', 'double'],
  ['steps', 'string'],
  ['metadata', 'string'],
  ['output_is_json', 'boolean'],
];

export const judgementColumns: readonly Column[] = [
  ['arrival', 'bigint'],
  ['batch_id', 'string'],
  ['position', 'int'],
  ['judgement_id', 'string'],
  ['trace_id', 'string'],
  ['verdict', 'string'],
  ['expected', 'string'],
  ['judge_kind', 'string'],
  ['judge_id', 'string'],
  ['reason', 'string'],
  ['judged_at', 'timestamp'],
  ['judged_at_text', 'string'],
  ['expected_is_json', 'boolean'],
  ['retracts', 'string'],
];

/** Of the lists of batches, by which the trace log is read. */
const batchColumns: readonly Column[] = [
  ['batch_id', 'string'],
  ['part', 'string'],
  ['arrived', 'bigint'],
  ['latest', 'timestamp'],
];

/**
 * What Athena needs to answer queries over the trace log: a database of four tables, a work group for agents and one for what reads the
 * log, and a bucket for lists of files and for results, which live for a day. A partition of a table is the list of the files that it goes over.
 */
export class TraceQueries extends Construct {
  readonly bucket: Bucket;
  readonly agents: Asks | undefined;
  readonly log: Asks | undefined;
  readonly database: string;

  constructor(scope: Construct, id: string, { name, agents, log }: TraceQueriesProps) {
    super(scope, id);
    this.database = `${name.replaceAll('-', '_')}_traces`;
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [{ expiration: Duration.days(1), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    });
    acknowledge(
      this.bucket,
      'AwsSolutions-S1',
      'What it holds is thrown away after a day; Athena keeps the history of its queries.',
    );
    if (agents !== undefined) {
      this.agents = { workGroup: `${name}-trace-queries`, asksFor: 'agents' };
      this.#workGroup('WorkGroup', this.agents, 'Queries of agents over traces', agents.bytesLimit);
    }
    if (log !== undefined) {
      this.log = { workGroup: `${name}-trace-log`, asksFor: 'log' };
      this.#workGroup('LogWorkGroup', this.log, 'Reads the trace log', null);
    }
    const database = new CfnDatabase(this, 'Database', {
      catalogId: Stack.of(this).account,
      databaseInput: { name: this.database, description: 'What queries over traces read' },
    });
    this.#table(database, 'trace_files', 'traces', links, traceColumns);
    this.#table(database, 'judgement_files', 'judgements', links, judgementColumns);
    this.#table(database, 'chosen_traces', 'chosen', parquet, [['trace_id', 'string']]);
    this.#table(database, 'log_batches', 'batches', parquet, batchColumns);
  }

  /** By which work group a function asks, if by any: agents' queries are held in, the log's read as much as there is. */
  of({ queriesTraces, readsLog }: Pick<FunctionSpec, 'queriesTraces' | 'readsLog'>): Asks | undefined {
    if (queriesTraces === true) return this.agents;
    return readsLog === true ? this.log : undefined;
  }

  /** Lets a role ask that may read the traces already: these tables, its work group, this bucket, and nothing else. */
  grant(role: Role, traces: Bucket, asks: Asks): void {
    for (const statement of this.#statements(traces, asks)) role.addToPolicy(statement);
    const bucket = Stack.of(this).resolve(this.bucket.bucketArn)['Fn::GetAtt'][0];
    for (const folder of queryFolders) {
      const reason = 'Lists of files and results of queries have names that are made when a query is asked.';
      acknowledgeWildcard(role, `<${bucket}.Arn>/${folder}`, reason);
    }
  }

  /** What a function that asks finds in its environment. */
  environment({ workGroup }: Asks): Record<string, string> {
    return {
      RATCHET_ATHENA_WORK_GROUP: workGroup,
      RATCHET_ATHENA_DATABASE: this.database,
      RATCHET_ATHENA_BUCKET: this.bucket.bucketName,
    };
  }

  #workGroup(id: string, { workGroup }: Asks, description: string, bytesLimit: number | null): void {
    new CfnWorkGroup(this, id, {
      name: workGroup,
      description,
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        ...(bytesLimit === null ? {} : { bytesScannedCutoffPerQuery: bytesLimit }),
        publishCloudWatchMetricsEnabled: true,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: this.bucket.s3UrlForObject('results/'),
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
  }

  #statements(traces: Bucket, { workGroup, asksFor }: Asks): PolicyStatement[] {
    const { bucket, database } = this;
    const arn = (service: string, resource: string, resourceName?: string): string =>
      Stack.of(this).formatArn({
        service,
        resource,
        ...(resourceName === undefined ? { arnFormat: ArnFormat.NO_RESOURCE_NAME } : { resourceName }),
      });
    return [
      new PolicyStatement({
        actions: [
          'athena:StartQueryExecution',
          'athena:GetQueryExecution',
          ...(asksFor === 'agents' ? ['athena:GetQueryResults'] : []),
          'athena:StopQueryExecution',
        ],
        resources: [arn('athena', 'workgroup', workGroup)],
      }),
      new PolicyStatement({
        actions: ['glue:GetDatabase', 'glue:GetTable'],
        resources: [
          arn('glue', 'catalog'),
          arn('glue', 'database', database),
          ...['trace_files', 'judgement_files', 'chosen_traces', ...(asksFor === 'log' ? ['log_batches'] : [])].map(
            (table) => arn('glue', 'table', `${database}/${table}`),
          ),
        ],
      }),
      new PolicyStatement({
        actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
        resources: queryFolders.map((folder) => bucket.arnForObjects(folder)),
      }),
      new PolicyStatement({ actions: ['s3:DeleteObject'], resources: [bucket.arnForObjects('results/*')] }),
      new PolicyStatement({
        actions: ['s3:ListBucket', 's3:GetBucketLocation', 's3:ListBucketMultipartUploads'],
        resources: [bucket.bucketArn],
      }),
      // Athena looks into the folders of the files that a list names.
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [traces.bucketArn],
        conditions: { StringLike: { 's3:prefix': ['traces/*', 'judgements/*'] } },
      }),
    ];
  }

  #table(database: CfnDatabase, name: string, folder: string, inputFormat: string, columns: readonly Column[]): void {
    const location = this.bucket.s3UrlForObject(`listings/${folder}/`);
    const table = new CfnTable(this, name, {
      catalogId: Stack.of(this).account,
      databaseName: this.database,
      tableInput: {
        name,
        tableType: 'EXTERNAL_TABLE',
        parameters: {
          EXTERNAL: 'TRUE',
          'projection.enabled': 'true',
          'projection.listing.type': 'injected',
          'storage.location.template': `${location}listing=\${listing}/`,
        },
        partitionKeys: [{ name: 'listing', type: 'string' }],
        storageDescriptor: {
          location,
          inputFormat,
          outputFormat:
            inputFormat === parquet
              ? 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
              : 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
          columns: columns.map(([column, type]) => ({ name: column, type })),
        },
      },
    });
    table.addResourceDependency(database);
  }
}

const links = 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat';
const parquet = 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat';

/** Where lists of files and results are. */
export const queryFolders = ['listings/*', 'results/*'] as const;
