import { z } from 'zod';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { Room } from '../../shared/domain/policy/capacity.ts';

const environmentSchema = z.object({
  RATCHET_TRACE_BUCKET: z.string().min(1),
  RATCHET_ARTIFACT_BUCKET: z.string().min(1),
  RATCHET_TABLE: z.string().min(1),
});
export type Environment = z.infer<typeof environmentSchema>;

const stateMachineSchema = z.object({ RATCHET_STATE_MACHINE_ARN: z.string().startsWith('arn:') });

/**
 * Names of the resources that functions work with.
 * @throws RatchetError InvalidInput, naming the variables that are wrong
 */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  return parse(environmentSchema, env);
}

/** The state machine, in functions that start executions. @throws RatchetError InvalidInput */
export function readStateMachineArn(env: NodeJS.ProcessEnv = process.env): string {
  return parse(stateMachineSchema, env).RATCHET_STATE_MACHINE_ARN;
}

const journalSchema = z.object({ RATCHET_JOURNAL_BUCKET: z.string().min(1) });

/** Where served answers are kept, in functions that have to do with it. @throws RatchetError InvalidInput */
export function readJournalBucket(env: NodeJS.ProcessEnv = process.env): string {
  return parse(journalSchema, env).RATCHET_JOURNAL_BUCKET;
}

const servingSchema = z.object({
  RATCHET_SERVING_ACCESS: z.enum(['iam', 'jwt']),
  /** Names, a line each. */
  RATCHET_SIGNS_FOR_OTHERS: z.string().default(''),
});

/**
 * What lets requests in to the function that answers them, and who may judge there in the name of others.
 * @throws RatchetError InvalidInput
 */
export function readAskedBy(env: NodeJS.ProcessEnv = process.env): {
  readonly access: 'iam' | 'jwt';
  readonly signsForOthers: readonly string[];
} {
  const { RATCHET_SERVING_ACCESS: access, RATCHET_SIGNS_FOR_OTHERS: names } = parse(servingSchema, env);
  return { access, signsForOthers: names.split('\n').filter((name) => name !== '') };
}

const roomSchema = z.object({
  RATCHET_STAGE_MEMORY_MB: z.coerce.number().positive(),
  RATCHET_STAGE_SECONDS: z.coerce.number().positive(),
});

/**
 * Memory at which a function has one whole processor. Source:
 * docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const oneProcessorMb = 1_769;

/** What a call of a stage has at hand, in the function that bounds a run's snapshot. @throws RatchetError InvalidInput */
export function readRoom(env: NodeJS.ProcessEnv = process.env): Room {
  const { RATCHET_STAGE_MEMORY_MB: memory, RATCHET_STAGE_SECONDS: seconds } = parse(roomSchema, env);
  return { processors: memory / oneProcessorMb, seconds, mebibytes: memory };
}

const athenaSchema = z.object({
  RATCHET_ATHENA_WORK_GROUP: z.string().min(1),
  RATCHET_ATHENA_DATABASE: z.string().min(1),
  RATCHET_ATHENA_BUCKET: z.string().min(1),
});

/** By what Athena answers a function's queries over traces, or what it asks of their log; null where DuckDB does. @throws RatchetError InvalidInput */
export function readAthena(env: NodeJS.ProcessEnv = process.env): z.infer<typeof athenaSchema> | null {
  return env.RATCHET_ATHENA_WORK_GROUP === undefined ? null : parse(athenaSchema, env);
}

function parse<T>(schema: z.ZodType<T>, env: NodeJS.ProcessEnv): T {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new RatchetError('InvalidInput', `The function's environment is wrong: ${z.prettifyError(parsed.error)}`, {
    mend: 'Deploy the stacks anew; they set these variables.',
  });
}
