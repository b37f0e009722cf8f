import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { synthesized } from './synthesized.ts';

const { data } = synthesized();

describe('the data stack', () => {
  it('leaves all it holds when it is deleted or a resource is replaced', () => {
    const kept = ['AWS::S3::Bucket', 'AWS::DynamoDB::Table'].flatMap((type) => Object.values(data.findResources(type)));
    expect(kept).toHaveLength(5);
    for (const resource of kept)
      expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  it('encrypts every bucket, closes it to the public and turns ACLs off', () => {
    data.allResourcesProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
  });

  it('refuses requests without TLS 1.2, for every bucket', () => {
    const policies = Object.values(data.findResources('AWS::S3::BucketPolicy'));
    expect(policies).toHaveLength(4);
    for (const policy of policies) {
      const statements: { Effect: string; Condition?: object }[] = policy.Properties.PolicyDocument.Statement;
      const refused = statements.filter(({ Effect }) => Effect === 'Deny').map(({ Condition }) => Condition);
      expect(refused).toContainEqual({ Bool: { 'aws:SecureTransport': 'false' } });
      expect(refused).toContainEqual({ NumericLessThan: { 's3:TlsVersion': 1.2 } });
    }
  });

  it('keeps versions of traces and artifacts, old ones for a month, and logs who reads them', () => {
    const versioned = Match.objectLike({
      VersioningConfiguration: { Status: 'Enabled' },
      LoggingConfiguration: Match.objectLike({ LogFilePrefix: Match.anyValue() }),
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({ NoncurrentVersionExpiration: { NoncurrentDays: 30 }, Status: 'Enabled' }),
        ]),
      },
    });
    data.resourcePropertiesCountIs('AWS::S3::Bucket', versioned, 2);
  });

  it('keeps no versions of the journal: what was moved into the log, or erased, is not there too', () => {
    const [journal] = Object.entries(data.findResources('AWS::S3::Bucket')).filter(([id]) => id.startsWith('Journal'));
    expect(journal?.[1].Properties).not.toHaveProperty('VersioningConfiguration');
    expect(journal?.[1].Properties).not.toHaveProperty('LifecycleConfiguration');
    expect(journal?.[1].Properties).toMatchObject({ LoggingConfiguration: { LogFilePrefix: 'journal/' } });
  });

  it('moves files of runs to cheaper storage by themselves after a month, and deletes none', () => {
    data.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          {
            Prefix: 'runs/',
            Status: 'Enabled',
            Transitions: [{ StorageClass: 'INTELLIGENT_TIERING', TransitionInDays: 30 }],
          },
        ]),
      },
    });
  });

  it('announces new objects of the trace bucket, and of no other, by its own property', () => {
    const announcing = { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } };
    data.resourcePropertiesCountIs('AWS::S3::Bucket', announcing, 1);
  });

  it('has one table, paid by request, with point-in-time recovery, that refuses to be deleted', () => {
    data.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
    });
  });
});
