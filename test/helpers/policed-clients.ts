import { AsyncLocalStorage } from 'node:async_hooks';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { type AccessRequest, isAllowed, type Statement } from './iam.ts';

/** Clients whose requests are held against the policies of whoever acts, as IAM would, before they are sent. */
export interface PolicedClients {
  readonly s3: S3Client;
  readonly dynamoDb: DynamoDBClient;
  /** Does work in the role of a function; work outside of any is a person's, who may do everything. */
  as<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** What each role has been allowed, as `action resource`. */
  readonly allowed: ReadonlyMap<string, ReadonlySet<string>>;
  /** What was refused, as `role action resource`. */
  readonly refused: readonly string[];
  close(): void;
}

/** @param statements of each role, with resources as `short` has them @param buckets the buckets' names for them */
export function policedClients(
  statements: ReadonlyMap<string, readonly Statement[]>,
  buckets: Readonly<Record<string, string>>,
): PolicedClients {
  const acting = new AsyncLocalStorage<string>();
  const allowed = new Map<string, Set<string>>();
  const refused: string[] = [];
  const check = (needed: () => readonly AccessRequest[]): void => {
    const role = acting.getStore();
    if (role === undefined) return;
    for (const request of needed()) {
      const told = `${request.action} ${request.resource} ${(request.context?.['dynamodb:LeadingKeys'] ?? []).join()}`;
      if (isAllowed(statements.get(role) ?? [], request)) {
        allowed.set(role, (allowed.get(role) ?? new Set()).add(told));
        continue;
      }
      refused.push(`${role} ${told}`);
      throw Object.assign(new Error(`${role} may not ${told}`), { name: 'AccessDeniedException' });
    }
  };
  const s3 = new S3Client({ forcePathStyle: true });
  s3.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        check(() => ofS3(commandName, args.input as S3Input, buckets));
        return next(args);
      },
    { step: 'initialize' },
  );
  const dynamoDb = new DynamoDBClient({});
  dynamoDb.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        check(() => [ofDynamoDb(commandName, args.input as TableInput)]);
        return next(args);
      },
    { step: 'initialize' },
  );
  return {
    s3,
    dynamoDb,
    as: (name, work) => acting.run(name, work),
    allowed,
    refused,
    close() {
      s3.destroy();
      dynamoDb.destroy();
    },
  };
}

interface S3Input {
  readonly Bucket: string;
  readonly Key?: string;
  readonly Prefix?: string;
}

const s3Actions: Readonly<Record<string, string>> = {
  GetObjectCommand: 's3:GetObject',
  HeadObjectCommand: 's3:GetObject',
  PutObjectCommand: 's3:PutObject',
  CreateMultipartUploadCommand: 's3:PutObject',
  UploadPartCommand: 's3:PutObject',
  CompleteMultipartUploadCommand: 's3:PutObject',
  AbortMultipartUploadCommand: 's3:AbortMultipartUpload',
  DeleteObjectCommand: 's3:DeleteObject',
};

function ofS3(command: string, { Bucket, Key, Prefix }: S3Input, buckets: Readonly<Record<string, string>>) {
  const bucket = buckets[Bucket] ?? Bucket;
  if (command === 'ListObjectsV2Command') {
    return [{ action: 's3:ListBucket', resource: bucket, context: { 's3:prefix': [Prefix ?? ''] } }];
  }
  const action = s3Actions[command];
  if (action === undefined) throw new Error(`What ${command} needs is not known here.`);
  // A reader of an object that is not there is told so only with the right to list.
  const listing = action === 's3:GetObject' ? [{ action: 's3:ListBucket', resource: bucket }] : [];
  return [{ action, resource: `${bucket}/${Key}` }, ...listing];
}

interface TableInput {
  readonly Key?: Readonly<Record<string, unknown>>;
  readonly Item?: Readonly<Record<string, unknown>>;
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
}

function ofDynamoDb(command: string, input: TableInput): AccessRequest {
  const key = input.Key?.pk ?? input.Item?.pk ?? input.ExpressionAttributeValues?.[':pk'];
  const expressions = [input.UpdateExpression, input.ConditionExpression].join(' ');
  const named = [...expressions.matchAll(/(?<![\w:.#])#?[a-z]\w*(?!\w*\s*\()/g)].map(([name]) => name);
  const attributes = named
    .map((name) => input.ExpressionAttributeNames?.[name] ?? name)
    .concat(Object.keys(input.Key ?? {}), Object.keys(input.Item ?? {}));
  return {
    action: `dynamodb:${command.replace(/Command$/, '')}`,
    resource: 'lineage',
    context: { 'dynamodb:LeadingKeys': [textOf(key)], 'dynamodb:Attributes': [...new Set(attributes)] },
  };
}

/** A text as the document client takes it, or as the table does. */
function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'S' in value ? String(value.S) : String(value);
}
