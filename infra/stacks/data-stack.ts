import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type CfnBucket,
  type IBucket,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { acknowledge } from '../constructs/acknowledge.ts';

interface DataStackProps extends StackProps {
  readonly config: Config;
}

/** What must outlive everything else: traces, artifacts, lineage. Deleting the stack leaves all of it. */
export class DataStack extends Stack {
  /** Drops, traces, judgements, batches, quarantine, receipts. */
  readonly traces: Bucket;
  /** Models and runs. */
  readonly artifacts: Bucket;
  /** What servers have acknowledged and nobody has moved into the trace log yet. */
  readonly journal: Bucket;
  readonly table: Table;

  constructor(scope: Construct, id: string, { config, ...props }: DataStackProps) {
    super(scope, id, {
      ...props,
      description: "Ratchet's data: traces, artifacts, lineage. Kept when the stack is deleted.",
    });
    const accessLogs = new Bucket(this, 'AccessLogs', {
      ...bucketRules,
      lifecycleRules: [{ expiration: Duration.days(config.logRetentionDays) }],
    });
    acknowledge(
      accessLogs,
      'AwsSolutions-S1',
      'It holds the access logs of the other two; logging its own would never end.',
    );
    const versioned: BucketProps = {
      ...bucketRules,
      versioned: true,
      serverAccessLogsBucket: accessLogs as IBucket,
      lifecycleRules: [
        {
          noncurrentVersionExpiration: Duration.days(config.noncurrentVersionDays),
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
    };
    this.traces = new Bucket(this, 'Traces', { ...versioned, serverAccessLogsPrefix: 'traces/' });
    this.artifacts = new Bucket(this, 'Artifacts', {
      ...versioned,
      serverAccessLogsPrefix: 'artifacts/',
      lifecycleRules: [
        ...(versioned.lifecycleRules ?? []),
        // What stages of a run hand one another is read seldom after its end; reports and reviews stay readable.
        {
          prefix: 'runs/',
          transitions: [{ storageClass: StorageClass.INTELLIGENT_TIERING, transitionAfter: Duration.days(30) }],
        },
      ],
    });
    announceObjects(this.traces);
    // Without versions: what was moved into the log, or erased, is not kept here too. It is there whether anything is served or
    // not, as a bucket that another stack uses cannot come and go.
    this.journal = new Bucket(this, 'Journal', {
      ...bucketRules,
      serverAccessLogsBucket: accessLogs as IBucket,
      serverAccessLogsPrefix: 'journal/',
    });
    this.table = new Table(this, 'Lineage', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: config.deletionProtection,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}

const bucketRules = {
  encryption: BucketEncryption.S3_MANAGED,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  removalPolicy: RemovalPolicy.RETAIN,
} as const satisfies BucketProps;

/** By the bucket's own property: CDK's `eventBridgeEnabled` would do it with a function of its own. */
function announceObjects(bucket: Bucket): void {
  const resource = bucket.node.defaultChild as CfnBucket;
  resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
}
