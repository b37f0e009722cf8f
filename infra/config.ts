import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';
import { z } from 'zod';
import { chatConfigurationSchema } from '../shared/domain/base/chat-configuration.ts';
import { RatchetError } from '../shared/domain/base/errors.ts';
import { idSchema } from '../shared/domain/base/ids.ts';

const scheduleSchema = z.strictObject({
  /** The model to look at; `*` for all. */
  modelId: z.union([z.literal('*'), idSchema]),
  /** Of EventBridge Scheduler: `rate(1 day)`, `cron(0 3 * * ? *)` (UTC), `at(…)`. */
  expression: z.string().regex(/^(rate|cron|at)\(.+\)$/, 'use rate(…), cron(…) or at(…)'),
});

/** Answers over HTTP: by a function URL that asks for IAM's signature, or with an issuer by an HTTP API that asks for its tokens. */
const servingSchema = z
  .strictObject({
    /** Of the tokens, as their `iss` names it: for a Cognito user pool https://cognito-idp.REGION.amazonaws.com/POOL. */
    issuer: z.url({ protocol: /^https$/ }).optional(),
    /** Whom the tokens are for (`aud`, or Cognito's `client_id`). */
    audience: z.array(z.string().min(1)).min(1).optional(),
    /** How many requests are answered at once at most, with as many slots of the account's concurrency kept for that alone. */
    concurrency: z.int().positive().optional(),
    /**
     * Who may judge in the name of others: ARNs of identities of IAM, of a role arn:aws:sts::ACCOUNT:assumed-role/ROLE, or with
     * an issuer client ids of programs. All else judge in their own name.
     */
    signsForOthers: z.array(z.string().regex(/^[^\p{Cc}]{1,200}$/u, 'use names without control characters')).optional(),
  })
  .refine(({ issuer, audience }) => (issuer === undefined) === (audience === undefined), {
    message: 'an issuer needs an audience, and an audience an issuer',
  });
export type ServingConfig = z.infer<typeof servingSchema>;

const retentionDays = Object.values(RetentionDays).filter((days) => typeof days === 'number');

const valuesSchema = z.strictObject({
  /** Stacks, functions and the state machine are named after it; two deployments in one account need two names. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,19}$/, 'use 1 to 20 of a-z, 0-9 and "-", beginning with a letter'),
  architecture: z.enum(['arm64', 'x86_64']),
  logRetentionDays: z
    .number()
    .refine((days) => retentionDays.includes(days), `CloudWatch Logs keeps ${retentionDays.join(', ')} days`),
  /** How long a replaced or deleted object can be brought back. */
  noncurrentVersionDays: z.int().positive(),
  /** Whether the table refuses to be deleted. */
  deletionProtection: z.boolean(),
  /** More quarantined lines than this in an hour raise the alarm. */
  quarantineAlarmLines: z.int().nonnegative(),
  /** The most memory that a function gets, MB. New accounts may not have more than 3008. */
  memoryLimitMb: z.int().min(512).max(10_240),
  /**
   * How many drops are ingested at once at most, with as many slots of the account's concurrency kept for that alone. Without
   * it ingesting shares the account's slots with all else.
   */
  ingestConcurrency: z.int().positive().optional(),
  schedules: z.array(scheduleSchema),
  /** Who is told of alarms; nobody is without it. */
  alarmEmail: z.email().optional(),
  /** Whether and to whom the champions answer over HTTP; not at all without it. */
  serving: servingSchema.optional(),
  /** What answers agents' queries over traces: DuckDB within the function, which loads all of a model's, or Athena. */
  traceQueries: z.enum(['duckdb', 'athena']).optional(),
  /** What reads the trace log: DuckDB within each function, which copies its files there, or Athena. */
  traceLog: z.enum(['duckdb', 'athena']).optional(),
  /** Gigabytes that one query of agents may read by Athena; 10 by default. */
  traceQueryGigabytes: z.number().min(0.01).optional(),
  /** The chat model of judges; without it there is none. */
  chat: chatConfigurationSchema.optional(),
  /** The secret whose text is the key of an OpenAI-compatible endpoint. */
  chatSecretArn: z
    .string()
    .regex(/^arn:[a-z-]+:secretsmanager:/, 'use the ARN of a secret of Secrets Manager')
    .optional(),
});

const configSchema = valuesSchema.refine(
  ({ chat, chatSecretArn }) => chatSecretArn === undefined || chat?.provider === 'openai',
  { path: ['chatSecretArn'], message: 'only an OpenAI-compatible chat model has a key' },
);

/** What a deployment can be set to: the object `ratchet` in cdk.json's context. */
export type Config = z.infer<typeof configSchema>;

/** Of the deployed state machine. */
export function stateMachineName({ name }: Config): string {
  return `${name}-improvement-loop`;
}

/** What lets requests in: IAM's signature, or an issuer's token. */
export function servingAccess({ serving }: Config): 'iam' | 'jwt' {
  return serving?.issuer === undefined ? 'iam' : 'jwt';
}

/**
 * The context's object `ratchet`, each of its values overridden by `-c key=value` of the command line (lists as JSON).
 * @throws RatchetError InvalidInput, with all that is wrong
 */
export function readConfig(node: Node): Config {
  const written: unknown = node.tryGetContext('ratchet');
  const overrides = Object.keys(valuesSchema.shape).flatMap((key) => {
    const value: unknown = node.tryGetContext(key);
    return value === undefined ? [] : [[key, fromCommandLine(value)] as const];
  });
  const parsed = configSchema.safeParse({
    ...z.record(z.string(), z.unknown()).parse(written),
    ...Object.fromEntries(overrides),
  });
  if (parsed.success) return parsed.data;
  throw new RatchetError('InvalidInput', `The deployment's configuration is wrong:\n${z.prettifyError(parsed.error)}`, {
    mend: 'Correct it in cdk.json (context, ratchet) or in the -c options.',
  });
}

/** `-c` gives texts; numbers, truth values and lists are JSON. */
function fromCommandLine(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
