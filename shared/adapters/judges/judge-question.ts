import { z } from 'zod';
import { filledPrompt, type Prompt } from '../../agents/prompt.ts';
import { shortDigest } from '../../domain/base/ids.ts';
import { jsonSchema } from '../../domain/base/json.ts';
import type { Output } from '../../domain/base/output.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { TaskSpec } from '../../domain/base/task-spec.ts';
import type { Verdict } from '../../domain/traces/judgement.ts';
import type { ChatRequest } from '../../ports/chat-model.ts';
import type { AnswerToJudge } from '../../ports/judge.ts';

export interface QuestionContext {
  readonly prompt: Prompt;
  readonly kind: TaskKind;
  readonly task: TaskSpec;
  readonly rubric: string | null;
}

/** One of several votes on an answer; they differ in what is drawn and in the order in which labels are named. */
export interface Vote {
  readonly seed: number;
  readonly temperature: number;
  readonly reversed: boolean;
}

/** What an LLM says of an answer, read and found to make sense. */
export interface Opinion {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly correction: Output | null;
}

const maxOutputTokens = 1_024;
const longestReason = 2_000;
const mostLabels = 300;
const anyRight = 'the answer that a careful person would give who knows the task.';

/** The question whether an answer is right, with all text of the trace inside marked blocks. */
export function judgeQuestion(
  { input, answer, expected, steps }: AnswerToJudge,
  context: QuestionContext,
  vote: Vote,
): ChatRequest {
  const { prompt, kind, task, rubric } = context;
  const text = withoutHidden(input);
  const shown = withoutHidden(kind.show(answer));
  const reference = expected === null ? null : withoutHidden(kind.show(expected));
  const way =
    steps === undefined
      ? ''
      : withoutHidden(`${steps.text}${steps.mistake === null ? '' : `\nCounting finds: ${steps.mistake}`}`);
  const mark = markFor([text, shown, reference ?? '', way]);
  const { system, user } = filledPrompt(prompt, {
    task: `${task.kind}; an answer is ${kind.words.output}.`,
    labels: labelsOf(context, vote),
    rubric: rubric ?? anyRight,
    correction: kind.written?.words ?? 'null',
    mark,
    input: text,
    reference:
      reference === null
        ? ''
        : `An answer known to be right; another may be as good:\n[${mark} begin right answer]\n${reference}\n[${mark} end right answer]\n\n`,
    answer: shown,
    steps:
      way === ''
        ? ''
        : `How the answer came about; a right answer may come of a wrong step, and a wrong one of none:\n[${mark} begin steps]\n${way}\n[${mark} end steps]\n\n`,
  });
  return {
    messages: [
      { role: 'system', text: system },
      { role: 'user', text: user },
    ],
    tools: [],
    toolChoice: 'none',
    schema: {
      name: 'judgement',
      schema: {
        type: 'object',
        properties: {
          reason: { type: 'string' },
          verdict: { type: 'string', enum: ['pass', 'fail'] },
          correction: kind.written?.schema(task) ?? { type: 'null' },
        },
        required: ['reason', 'verdict', 'correction'],
        additionalProperties: false,
      },
    },
    maxOutputTokens,
    temperature: vote.temperature,
    seed: vote.seed,
  };
}

/** What no reader sees, or what turns around how others show; joiners stay, which scripts and emoji need. */
const hidden =
  /[[\p{Cc}--[\n\t]]\p{Bidi_Control}\p{Zl}\p{Zp}\u00ad\u180e\u200b\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/gv;

/** A text as a person reads it: a judge obeys nothing that people do not see. */
function withoutHidden(text: string): string {
  return text.replace(hidden, '');
}

/** A mark that none of the texts can close: it is made of them, and does not stand in them. */
function markFor(texts: readonly string[]): string {
  for (let tried = 0; ; tried += 1) {
    const mark = `data-${shortDigest(String(tried), ...texts).slice(0, 12)}`;
    if (!texts.some((text) => text.includes(mark))) return mark;
  }
}

function labelsOf({ kind, task }: QuestionContext, { reversed }: Vote): string {
  const labels = [...kind.knownFacets(task)];
  if (labels.length === 0) return `It has no fixed ${kind.words.facets}.`;
  if (reversed) labels.reverse();
  const more = labels.length > mostLabels ? `, and ${labels.length - mostLabels} more` : '';
  const named = labels.slice(0, mostLabels).map((label) => JSON.stringify(label));
  return `Its ${kind.words.facets}: ${named.join(', ')}${more}.`;
}

const opinionSchema = z.object({
  reason: z.string().trim().min(1),
  verdict: z.enum(['pass', 'fail']),
  correction: jsonSchema.optional(),
});

/**
 * What a chat model's text says of an answer; null where it says nothing that can be used: no JSON of the form, a correction
 * that is no output of the task for this input, or one that contradicts the verdict.
 */
export function readOpinion(
  text: string,
  { input, answer }: AnswerToJudge,
  { kind, task }: QuestionContext,
): Opinion | null {
  const parsed = opinionSchema.safeParse(parsedJson(text));
  if (!parsed.success) return null;
  const { verdict, reason, correction: written = null } = parsed.data;
  const correction = written === null ? null : (kind.written?.read(task, input, written) ?? null);
  if (written !== null && (correction === null || kind.problem(task, input, correction) !== null)) return null;
  if (correction !== null) {
    const isSame = kind.same(correction, answer);
    if (isSame !== 'undecided' && isSame === (verdict === 'fail')) return null;
  }
  return { verdict, reason: reason.slice(0, longestReason).toWellFormed(), correction };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
