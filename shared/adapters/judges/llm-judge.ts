import { z } from 'zod';
import { readPrompt } from '../../agents/prompt.ts';
import { RatchetError } from '../../domain/base/errors.ts';
import type { Json } from '../../domain/base/json.ts';
import { outputSchema } from '../../domain/base/output.ts';
import { partsOf } from '../../domain/base/part-size.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import { taskSpecSchema } from '../../domain/base/task-spec.ts';
import { judgeSchema, verdictSchema } from '../../domain/traces/judgement.ts';
import type { JudgedAnswer } from '../../domain/traces/judging.ts';
import { type ChatModel, type ChatUsage, costOf } from '../../ports/chat-model.ts';
import type { Clock } from '../../ports/clock.ts';
import { readJson, writeJson } from '../../ports/documents.ts';
import type { AnswerToJudge, Judge, Judged, JudgeRequest } from '../../ports/judge.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { OnProgress, Progress, Usage } from '../../ports/long-work.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { judgeQuestion, type Opinion, type QuestionContext, readOpinion, type Vote } from './judge-question.ts';

export interface LlmJudgeOptions {
  readonly name: string;
  /** One vote is the verdict; of more, the first two decide, and a third where they differ. */
  readonly votes: 1 | 3;
  readonly tasks: ReadonlyMap<string, TaskKind>;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  /** Finds the chat model; null where none is configured. */
  readonly chat: () => Promise<ChatModel | null>;
}

/** Answers that are judged and written down together, and how many of them are asked about at a time. */
const sliceSize = 16;
const atOnce = 4;
/** The most that one question may take, milliseconds. */
const patienceMs = 120_000;

const one: readonly Vote[] = [{ seed: 1, temperature: 0, reversed: false }];
const several: readonly Vote[] = [1, 2, 3].map((seed) => ({ seed, temperature: 0.7, reversed: seed === 2 }));

const requestSchema = z.strictObject({
  task: taskSpecSchema,
  rubric: z.string().nullable(),
  answers: z.array(
    z.strictObject({
      traceId: z.string(),
      input: z.string(),
      answer: outputSchema,
      expected: outputSchema.nullable(),
    }),
  ),
});
const usageSchema = z.strictObject({ inputTokens: z.number(), outputTokens: z.number(), usd: z.number() });
const sliceSchema = z.strictObject({
  judged: z.array(
    z.strictObject({
      traceId: z.string(),
      verdict: verdictSchema,
      expected: outputSchema.nullable(),
      judge: judgeSchema,
    }),
  ),
  unusable: z.int(),
  trouble: z.string().nullable(),
  usage: usageSchema,
});
type Slice = z.infer<typeof sliceSchema>;
const handleSchema = z.strictObject({ key: z.string() });

/**
 * A judge that asks a chat model. It goes on in slices, each written down when it is judged, so that whoever goes on asks
 * about none twice. What makes no sense is counted and leaves its answer unjudged; a chat model that does not answer ends
 * the work with what there is, and with the reason.
 */
export function createLlmJudge(options: LlmJudgeOptions): Judge {
  const { name, objects } = options;
  return {
    name,
    mustAgree: true,
    async start(key, request, deadline, onProgress) {
      const begun = await kept(objects, requestKey(key), requestSchema);
      if (begun === null) await writeJson(objects, requestKey(key), request);
      return goOn(key, begun ?? request, deadline, options, onProgress);
    },
    async advance(handle, deadline, onProgress) {
      const { key } = handleSchema.parse(handle);
      const request = await readJson(objects, requestKey(key), requestSchema);
      return goOn(key, request, deadline, options, onProgress);
    },
  };
}

async function goOn(
  key: string,
  request: JudgeRequest,
  deadline: number,
  options: LlmJudgeOptions,
  onProgress?: OnProgress,
): Promise<Progress<Judged>> {
  const { objects, clock } = options;
  const parts = partsOf(request.answers, sliceSize);
  const slices: Slice[] = [];
  let asked = 0;
  for (const [at, answers] of parts.entries()) {
    const sliceKey = `${key}-${String(at).padStart(5, '0')}.json`;
    let slice = await kept(objects, sliceKey, sliceSchema);
    if (slice === null) {
      if (asked > 0 && clock.now() + patienceMs > deadline) {
        const handle: Json = { key };
        return { status: 'working', handle, done: at * sliceSize, total: request.answers.length, waitSeconds: 0 };
      }
      slice = await judgeSlice(answers, request, deadline, options);
      await writeJson(objects, sliceKey, slice);
      asked += 1;
      onProgress?.(at * sliceSize + answers.length, request.answers.length);
    }
    slices.push(slice);
    if (slice.trouble !== null) break;
  }
  return {
    status: 'done',
    value: {
      answers: slices.flatMap(({ judged }) => judged),
      unusable: slices.reduce((sum, { unusable }) => sum + unusable, 0),
      trouble: slices.find(({ trouble }) => trouble !== null)?.trouble ?? null,
    },
    usage: slices.reduce<Usage>((sum, { usage }) => added(sum, usage), nothing),
  };
}

const nothing: Usage = { inputTokens: 0, outputTokens: 0, usd: 0 };

function added(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    usd: a.usd + b.usd,
  };
}

async function judgeSlice(
  answers: readonly AnswerToJudge[],
  { task, rubric }: JudgeRequest,
  deadline: number,
  { name, votes, tasks, clock, chat }: LlmJudgeOptions,
): Promise<Slice> {
  const judged: (JudgedAnswer | null)[] = [];
  let usage = nothing;
  try {
    const model = await chat();
    if (model === null) throw new RatchetError('ChatRefused', 'No chat model is configured.');
    const context: QuestionContext = {
      prompt: await readPrompt('judge'),
      kind: kindOf({ task }, { tasks }),
      task,
      rubric,
    };
    const id = `${name}:${model.name}`.slice(0, 200);
    const ask = async (answer: AnswerToJudge, vote: Vote): Promise<Opinion | null> => {
      const until = Math.min(deadline, clock.now() + patienceMs);
      const said = await answered(model, judgeQuestion(answer, context, vote), until);
      if (said === null) return null;
      usage = added(usage, used(said.usage, model));
      return said.end === 'stop' ? readOpinion(said.text, answer, context) : null;
    };
    for (const together of partsOf(answers, atOnce)) {
      const opinions = await Promise.all(
        together.map((answer) => decided((vote) => ask(answer, vote), votes === 1 ? one : several)),
      );
      judged.push(
        ...opinions.map((opinion, at): JudgedAnswer | null => {
          const asked = together[at];
          if (opinion === null || asked === undefined) return null;
          const { verdict, reason, correction } = opinion;
          const expected = asked.expected ?? correction;
          return { traceId: asked.traceId, verdict, expected, judge: { kind: 'llm', id, reason } };
        }),
      );
    }
    return { ...told(judged), trouble: null, usage };
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error;
    return { ...told(judged), trouble: `${error.message} ${error.mend}`, usage };
  }
}

function told(judged: readonly (JudgedAnswer | null)[]): Pick<Slice, 'judged' | 'unusable'> {
  const usable = judged.filter((one) => one !== null);
  return { judged: usable, unusable: judged.length - usable.length };
}

/** What too long a question gets is no answer, and says nothing of the next one. */
async function answered(model: ChatModel, question: Parameters<ChatModel['answer']>[0], until: number) {
  try {
    return await model.answer(question, until);
  } catch (error) {
    if (error instanceof RatchetError && error.name === 'ChatTooLong') return null;
    throw error;
  }
}

/** The first opinion of the verdict that wins; null where none that can be used has two votes, or the only one. */
async function decided(ask: (vote: Vote) => Promise<Opinion | null>, votes: readonly Vote[]): Promise<Opinion | null> {
  const needed = votes.length === 1 ? 1 : 2;
  const opinions: Opinion[] = [];
  for (const vote of votes) {
    const opinion = await ask(vote);
    if (opinion === null) continue;
    opinions.push(opinion);
    const agreeing = opinions.filter(({ verdict }) => verdict === opinion.verdict);
    if (agreeing.length === needed) return agreeing[0] ?? null;
  }
  return null;
}

function used(usage: ChatUsage, { prices }: ChatModel): Usage {
  return { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens, usd: costOf(usage, prices) };
}

function requestKey(key: string): string {
  return `${key}-request.json`;
}

/** What was written down before; null where nothing was, or it is damaged. */
async function kept<T>(objects: ObjectStore, key: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    return await readJson(objects, key, schema);
  } catch (error) {
    if (error instanceof RatchetError && ['ObjectMissing', 'CorruptArtifact'].includes(error.name)) return null;
    throw error;
  }
}
