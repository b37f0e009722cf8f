import { z } from 'zod';
import { agentRunSchema } from '../../agents/agent-run.ts';
import { type Ending, endingSchema } from '../../agents/agent-state.ts';
import { mostMicroUsd } from '../../agents/money.ts';
import { openBudget } from '../../agents/open-budget.ts';
import {
  agentFolder,
  agentIdOf,
  hasGoneSilent,
  judgeRole,
  readOutcomes,
  silence,
  withoutModel,
  writeOutcome,
} from '../../agents/outcome.ts';
import { readPrompt } from '../../agents/prompt.ts';
import { readsLikeOrders } from '../../agents/shown-text.ts';
import { requestBytes } from '../../agents/tokens.ts';
import { RatchetError } from '../../domain/base/errors.ts';
import type { Json } from '../../domain/base/json.ts';
import { outputSchema } from '../../domain/base/output.ts';
import { partsOf } from '../../domain/base/part-size.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import { taskSpecSchema } from '../../domain/base/task-spec.ts';
import { judgeSchema, verdictSchema } from '../../domain/traces/judgement.ts';
import type { JudgedAnswer } from '../../domain/traces/judging.ts';
import { type Budgets, nothingSpent, type Spending } from '../../ports/budgets.ts';
import { type ChatModel, type ChatUsage, costOf } from '../../ports/chat-model.ts';
import type { Clock } from '../../ports/clock.ts';
import { readJson, writeJson } from '../../ports/documents.ts';
import type { AnswerToJudge, Judge, Judged, JudgeRequest } from '../../ports/judge.ts';
import { kindNamed } from '../../ports/kind-of.ts';
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
  /** What judges and agents of a run may spend together. */
  readonly budgets: Budgets;
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
      steps: z.strictObject({ text: z.string(), mistake: z.string().nullable() }).optional(),
    }),
  ),
  run: agentRunSchema.optional(),
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
  /** Why it judged no further; null where nothing stopped it. */
  ended: endingSchema.nullable().default(null),
  inVain: z.boolean().default(false),
  /** Questions that were answered. */
  questions: z.int().default(0),
  usage: usageSchema,
});
type Slice = z.infer<typeof sliceSchema>;
const handleSchema = z.strictObject({ key: z.string() });

/** How outcomes name it among agents. */

/**
 * A judge that asks a chat model. It goes on in slices, each written down when it is judged, so that whoever goes on asks
 * about none twice. What makes no sense is counted and leaves its answer unjudged; a chat model that does not answer, or
 * has not answered others of the run, and a budget that is spent end the work with what there is, and with the reason.
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
      slice = await judgeSlice({ answers, sliceKey, asked }, request, deadline, options);
      await writeJson(objects, sliceKey, slice);
      asked += 1;
      onProgress?.(at * sliceSize + answers.length, request.answers.length);
    }
    slices.push(slice);
    if (slice.trouble !== null) break;
  }
  const value = {
    answers: slices.flatMap(({ judged }) => judged),
    unusable: slices.reduce((sum, { unusable }) => sum + unusable, 0),
    trouble: slices.find(({ trouble }) => trouble !== null)?.trouble ?? null,
  };
  const usage = slices.reduce<Usage>((sum, one) => added(sum, one.usage), nothing);
  if (request.run !== undefined && parts.length > 0) await tellOutcome(key, { value, usage, slices }, options);
  return { status: 'done', value, usage };
}

/** Writes down how it came out beside the agents of the run, for the report and for those who would ask after it. */
async function tellOutcome(
  key: string,
  { value, usage, slices }: { readonly value: Judged; readonly usage: Usage; readonly slices: readonly Slice[] },
  { objects, chat }: LlmJudgeOptions,
): Promise<void> {
  const last = slices.at(-1);
  const folder = agentFolder(key);
  await writeOutcome(objects, {
    ...withoutModel(agentIdOf(key), judgeRole, folder),
    model: (await chat())?.name ?? null,
    why: last?.ended ?? 'finished',
    detail: (value.trouble ?? '').slice(0, 500).toWellFormed(),
    inVain: last?.inVain ?? false,
    counts: value.answers.length > 0,
    refused: value.unusable,
    usage: {
      turns: slices.reduce((sum, { questions }) => sum + questions, 0),
      inputTokens: usage.inputTokens,
      cachedInputTokens: 0,
      outputTokens: usage.outputTokens,
      microUsd: Math.round(usage.usd * 1_000_000),
    },
  });
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
  {
    answers,
    sliceKey,
    asked,
  }: { readonly answers: readonly AnswerToJudge[]; readonly sliceKey: string; readonly asked: number },
  { task, rubric, run }: JudgeRequest,
  deadline: number,
  { name, votes, tasks, objects, budgets, clock, chat }: LlmJudgeOptions,
): Promise<Slice> {
  const judged: (JudgedAnswer | null)[] = [];
  let usage = nothing;
  let questions = 0;
  let inVain = false;
  const stopped = (ended: Slice['ended'], trouble: string | null): Slice => {
    return { ...told(judged), trouble, ended, inVain, questions, usage };
  };
  try {
    const model = await chat();
    if (model === null) throw new RatchetError('ChatRefused', 'No chat model is configured.');
    if (run !== undefined) {
      if (asked === 0 && hasGoneSilent(await readOutcomes(objects, run.modelId, run.runId))) {
        return stopped('model-unavailable', `${silence} was not asked.`);
      }
      await openBudget(budgets, run);
    }
    const context: QuestionContext = {
      prompt: await readPrompt('judge'),
      kind: kindNamed(task.kind, tasks),
      task,
      rubric,
    };
    const id = `${name}:${model.name}`.slice(0, 200);
    const ask = async (answer: AnswerToJudge, vote: Vote): Promise<Opinion | null> => {
      // Triage keeps them out in any case: nothing is won by asking, and a judge may be talked round.
      if (readsLikeOrders(answer.input)) return null;
      const patience = clock.now() + patienceMs;
      try {
        const said = await answered(model, judgeQuestion(answer, context, vote), Math.min(deadline, patience));
        if (said === null) return null;
        usage = added(usage, used(said.usage, model));
        questions += 1;
        return said.end === 'stop' ? readOpinion(said.text, answer, context) : null;
      } catch (error) {
        inVain ||= clock.now() >= patience;
        throw error;
      }
    };
    const choices = votes === 1 ? one : several;
    for (const [at, together] of partsOf(answers, atOnce).entries()) {
      const reserved = `${agentIdOf(sliceKey)}/${at}`;
      const before = usage;
      if (run !== undefined) {
        const most = mostOf(together, choices, context, model);
        if (!(await budgets.reserve(run.runId, reserved, most))) {
          return stopped('budget-spent', 'What the run may still spend allows no further question: raise --budget.');
        }
      }
      try {
        const settled = await Promise.allSettled(
          together.map((answer) => decided((vote) => ask(answer, vote), choices)),
        );
        const opinions = settled.map((one) => {
          if (one.status === 'rejected') throw one.reason;
          return one.value;
        });
        judged.push(
          ...opinions.map((opinion, of): JudgedAnswer | null => {
            const asked = together[of];
            if (opinion === null || asked === undefined) return null;
            const { verdict, reason, correction } = opinion;
            const expected = asked.expected ?? correction;
            return { traceId: asked.traceId, verdict, expected, judge: { kind: 'llm', id, reason } };
          }),
        );
      } finally {
        // A group that a fault cut short has used what was answered before.
        if (run !== undefined) await budgets.settle(run.runId, reserved, spendingOf(before, usage));
      }
    }
    return stopped(null, null);
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error;
    return stopped(endingOf(error), `${error.message} ${error.mend}`);
  }
}

/** Why a fault ends it: those that are not the chat model's own are the budget's. */
function endingOf({ name }: RatchetError): Ending {
  if (name === 'ChatUnavailable') return 'model-unavailable';
  return name === 'ChatRefused' ? 'model-refused' : 'budget-unreadable';
}

/** The most that questions about some answers can use, with all their votes. */
function mostOf(
  answers: readonly AnswerToJudge[],
  votes: readonly Vote[],
  context: QuestionContext,
  model: ChatModel,
): Spending {
  const asked = answers.flatMap((answer) => votes.map((vote) => judgeQuestion(answer, context, vote)));
  return asked.reduce<Spending>((sum, question) => {
    const microUsd = sum.microUsd + mostMicroUsd(requestBytes(question), question.maxOutputTokens, model);
    return { turns: 0, outputTokens: sum.outputTokens + question.maxOutputTokens, microUsd };
  }, nothingSpent);
}

/** What was used in between. Judges take no turns of the agents'. */
function spendingOf(before: Usage, after: Usage): Spending {
  const microUsd = Math.max(0, Math.ceil((after.usd - before.usd) * 1_000_000 - 1e-6));
  return { turns: 0, outputTokens: after.outputTokens - before.outputTokens, microUsd };
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
