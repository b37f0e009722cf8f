import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { asOutput, type Output } from '../../shared/domain/base/output.ts';
import type { Random } from '../../shared/ports/random.ts';
import { readSnips, type SnipsText } from '../tagger/entity-corpora.ts';

/** An input with its right output. */
export interface Asked {
  readonly input: string;
  readonly output: Output;
}

/** A request of production; `answered` is what a real model made of it, null where the first checkpoint is to answer. */
export interface Request extends Asked {
  readonly answered: Output | null;
}

/** Which inputs do what; none is in two parts. */
export interface Deal {
  readonly examples: readonly Asked[];
  readonly traffic: readonly Request[];
  readonly fresh: readonly Asked[];
}

export interface DealRequest {
  readonly data: string;
  readonly seed: number;
  /** Traces at most. */
  readonly traces: number;
  /** First examples (of each intent for SNIPS) and fresh texts, where not as many as there are usually. */
  readonly first?: number | undefined;
  readonly fresh?: number | undefined;
}

export interface Corpus {
  readonly name: 'snips' | 'gsm8k';
  readonly title: string;
  /** What it is, dealt into so many first examples and fresh texts. */
  about(dealt: { readonly examples: number; readonly fresh: number }): string;
  readonly checker: 'json' | 'numeric';
  /** Deals its texts out; the same seed gives the same deal. */
  deal(request: DealRequest, random: Random): Promise<Deal>;
}

const sentencesOfIntent = 10;
const intents = 7;
const validated = 700;
const firstProblems = 100;
const freshProblems = 400;

export const corpora: readonly Corpus[] = [
  {
    name: 'snips',
    title: 'SNIPS as JSON',
    about: ({ examples, fresh }) =>
      `A sentence becomes \`{"intent": …, "slots": {…}}\` (Coucke et al. 2018; checker \`json\`). The model begins with ${examples / intents} sentences of each of the ${intents} intents and answers others of the train files; a person says what is right. Fresh: ${fresh === validated ? '' : `${fresh} sentences of `}the validate files.`,
    checker: 'json',
    deal: dealSnips,
  },
  {
    name: 'gsm8k',
    title: 'GSM8K',
    about: ({ examples, fresh }) =>
      `Grade-school mathematics (Cobbe et al. 2021; checker \`numeric\`). The model begins with ${examples} worked problems, reasoning apart from the answer. The traces are real solutions of four models, drawn at random, held against the worked answers. Fresh: ${fresh} other problems.`,
    checker: 'numeric',
    deal: dealGsm8k,
  },
];

async function dealSnips(
  { data, seed, traces, first = sentencesOfIntent, fresh }: DealRequest,
  random: Random,
): Promise<Deal> {
  const [train, validate] = await Promise.all([readSnips(data, 'train'), readSnips(data, 'validate')]);
  const kept = new Set(validate.map(({ input }) => input));
  const stream = random.stream(seed, 'generation/snips');
  const dealt = stream.shuffle(train.filter(({ input }) => !kept.has(input)));
  const taken = new Map<string, number>();
  const examples: Asked[] = [];
  const rest: Request[] = [];
  for (const text of dealt) {
    const before = taken.get(text.intent) ?? 0;
    taken.set(text.intent, before + 1);
    if (before < first) examples.push(asJson(text));
    else rest.push({ ...asJson(text), answered: null });
  }
  const asked = fresh === undefined ? validate : stream.shuffle(validate).slice(0, fresh);
  return { examples, traffic: rest.slice(0, traces), fresh: asked.map(asJson) };
}

/** What a sentence asks for; a slot that comes twice is a list. */
export function asJson({ input, intent, output }: SnipsText): Asked {
  const slots: Record<string, string | string[]> = {};
  for (const { label, start, end } of output) {
    const text = input.slice(start, end);
    const before = slots[label];
    if (before === undefined) slots[label] = text;
    else slots[label] = Array.isArray(before) ? [...before, text] : [before, text];
  }
  return { input, output: asOutput({ intent, slots }) };
}

const solutionSchema = z.object({ solution: z.string(), is_correct: z.boolean() });
const models = ['6b_finetuning', '6b_verification', '175b_finetuning', '175b_verification'] as const;
const problemSchema = z.object({
  question: z.string(),
  ground_truth: z.string(),
  ...(Object.fromEntries(models.map((name) => [name, solutionSchema])) as Record<
    (typeof models)[number],
    typeof solutionSchema
  >),
});

async function dealGsm8k(
  { data, seed, traces, first = firstProblems, fresh = freshProblems }: DealRequest,
  random: Random,
): Promise<Deal> {
  const text = await readFile(join(data, 'gsm8k', 'example_model_solutions.jsonl'), 'utf8');
  const all = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => problemSchema.parse(JSON.parse(line)));
  const stream = random.stream(seed, 'generation/gsm8k');
  const dealt = stream.shuffle(all);
  const asked = dealt.map((problem) => ({ input: problem.question, output: worked(problem.ground_truth) }));
  const begin = first + fresh;
  const solved = dealt.slice(begin).flatMap((problem, at) =>
    models.map((name) => ({
      input: problem.question,
      output: worked(problem.ground_truth),
      answered: worked(problem[name].solution),
      at,
    })),
  );
  return {
    examples: asked.slice(0, first),
    traffic: stream
      .shuffle(solved)
      .slice(0, traces)
      .map(({ input, output, answered }) => ({ input, output, answered })),
    fresh: asked.slice(first, begin),
  };
}

/** A worked solution, its last line apart from the way to it; a text without such a line is the answer as a whole. */
export function worked(solution: string): Output {
  const [, reasoning, answer] = /^(.*?)\s*\n\s*A:\s*(\S[^\n]*)\s*$/su.exec(solution) ?? [];
  return asOutput(reasoning === undefined || answer === undefined ? solution : { reasoning, answer: answer.trim() });
}
