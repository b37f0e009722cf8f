import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { z } from 'zod';
import { acknowledgeWildcard } from './acknowledge.ts';

/** Key patterns of one bucket: `runs/*`. */
export interface ObjectAccess {
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  readonly delete?: readonly string[];
  /** Also makes a missing object of the bucket answer "not found" instead of "access denied". */
  readonly list?: readonly string[];
}

export function objectStatements(bucket: Bucket, access: ObjectAccess): PolicyStatement[] {
  const on = (actions: readonly string[], patterns: readonly string[] = []): PolicyStatement[] =>
    patterns.length === 0
      ? []
      : [
          new PolicyStatement({
            actions: [...actions],
            resources: patterns.map((pattern) => bucket.arnForObjects(pattern)),
          }),
        ];
  return [
    ...on(['s3:GetObject'], access.read),
    ...on(['s3:PutObject', 's3:AbortMultipartUpload'], access.write),
    ...on(['s3:DeleteObject'], access.delete),
    ...(access.list === undefined ? [] : [listStatement(bucket, access.list)]),
  ];
}

/**
 * Says of each key pattern why it may have a wildcard in it. The bucket is another stack's: cdk-nag knows it by its
 * export.
 */
export function acknowledgeKeyPatterns(role: IConstruct, bucket: Bucket, access: ObjectAccess): void {
  const exported = z
    .object({ 'Fn::ImportValue': z.string() })
    .parse(bucket.stack.resolve(bucket.stack.exportValue(bucket.bucketArn)));
  for (const pattern of new Set([access.read, access.write, access.delete].flatMap((patterns) => patterns ?? []))) {
    acknowledgeWildcard(
      role,
      `${exported['Fn::ImportValue']}/${pattern}`,
      'Keys end in ids of models, runs and files, which are not known when the stack is made.',
    );
  }
}

/** "If exists": S3 asks for this permission too when an object is missing, and then there is no prefix. */
function listStatement(bucket: Bucket, prefixes: readonly string[]): PolicyStatement {
  return new PolicyStatement({
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    conditions: { StringLikeIfExists: { 's3:prefix': [...prefixes] } },
  });
}
