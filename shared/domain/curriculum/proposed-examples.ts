import { z } from 'zod';
import { type Json, jsonSchema } from '../base/json.ts';
import { type Output, outputSchema } from '../base/output.ts';
import type { TaskKind } from '../base/task-kind.ts';
import type { TaskSpec } from '../base/task-spec.ts';
import { normalisedText, words } from '../base/text.ts';
import type { Refusal } from '../diagnosis/proposed-clusters.ts';
import type { Material } from '../diagnosis/proposed-probes.ts';
import { nearDuplicatesOf } from '../similarity/near-duplicates.ts';
import { SimilarityIndex } from '../similarity/similarity-index.ts';
import { detectInjection, detectJailbreak } from '../triage/attack.ts';

/** An example as an agent proposes it: a text of its own, after a trace. */
export const proposedExampleSchema = z.strictObject({
  slice: z
    .enum(['gold', 'hard-negative'])
    .describe('gold: after a failure of the cluster; hard-negative: after a passing trace that it is taken for'),
  traceId: z.string().max(500).describe('the trace that your text is written after'),
  input: z.string().trim().min(1).max(4_000).describe('your text'),
  output: jsonSchema
    .optional()
    .describe('its right answer, where it names places of the text; else leave it out: it is that of the trace'),
});
export type ProposedExample = z.infer<typeof proposedExampleSchema>;

/** A proposal that stands. */
export const acceptedExampleSchema = z.strictObject({
  slice: z.enum(['gold', 'hard-negative']),
  traceId: z.string(),
  input: z.string(),
  output: outputSchema,
});
export type AcceptedExample = z.infer<typeof acceptedExampleSchema>;

export interface ExampleRules {
  /** Failures of the cluster, by id: what gold is written after. */
  readonly failures: ReadonlyMap<string, Material>;
  /** Passing traces beside them, by id: what hard negatives are written after. */
  readonly passes: ReadonlyMap<string, Material>;
  /**
   * Every text on record: what trains, what is evidence, what promotions froze and what only the report sees. No text
   * that is written may be nearly one of these.
   */
  readonly onRecord: readonly string[];
  readonly task: TaskSpec;
  readonly kind: Pick<TaskKind, 'anchored' | 'facets' | 'key' | 'marks' | 'output' | 'problem' | 'written'>;
  /** Gold at most; of hard negatives no more than failures and gold together. */
  readonly most: number;
}

/** Texts after one trace: two or three examples a pattern (section 3.4 of the paper). */
const mostAfterOne = 3;
/** How often a word that no text on record has, or one text that an output names, may stand in what is written. */
const mostOfOneWord = 3;
/** A text is as long as the cluster's failures: between half of the shortest and twice the longest, in words. */
const lengthFactor = 2;
/** Least cosine to the trace that it is written after. */
const leastLikeness = 0.1;
/** One of so many texts most like it has to have its answer. */
const neighbours = 5;

/**
 * Which of the proposed examples stand: written after a trace of the cluster or a pass beside it, with that trace's own
 * answer, near no text on record and no two alike, about what its trace is about, as long as the failures, with no word
 * that comes back again and again, no instructions to a model, and no more of them than the slices have room for.
 */
export function checkExamples(
  proposed: readonly ProposedExample[],
  rules: ExampleRules,
): { readonly accepted: readonly AcceptedExample[]; readonly refused: readonly Refusal[] } {
  const inputs = proposed.map(({ input }) => input);
  const near = new Set(nearDuplicatesOf(inputs, rules.onRecord, 'any').map(({ index }) => index));
  const surroundings = new Surroundings(rules);
  const known = wordsOnRecord(inputs, rules.onRecord);
  const accepted: AcceptedExample[] = [];
  const refused: Refusal[] = [];
  for (const [index, example] of proposed.entries()) {
    const made = near.has(index)
      ? 'it is nearly the same as a text on record'
      : exampleOf(example, accepted, rules, surroundings);
    const why = typeof made === 'string' ? made : repeated(made, accepted, known, rules);
    if (typeof made === 'string' || why !== null) refused.push({ index, why: why ?? '' });
    else accepted.push(made);
  }
  return { accepted, refused };
}

function exampleOf(
  { slice, traceId, input, output }: ProposedExample,
  before: readonly AcceptedExample[],
  rules: ExampleRules,
  surroundings: Surroundings,
): AcceptedExample | string {
  const { failures, passes, most } = rules;
  const base = (slice === 'gold' ? failures : passes).get(traceId);
  if (base === undefined) {
    return slice === 'gold' ? 'its trace is no failure of the cluster' : 'its trace is none of the passes beside it';
  }
  const gold = before.filter((one) => one.slice === 'gold').length;
  const room = slice === 'gold' ? most : failures.size + gold;
  if (before.filter((one) => one.slice === slice).length >= room) {
    return slice === 'gold'
      ? `${most} texts of gold are enough for this cluster`
      : `there is a hard negative for each of ${room} gold examples already`;
  }
  if (before.filter((one) => one.traceId === traceId).length >= mostAfterOne) {
    return `${mostAfterOne} texts after one trace are enough`;
  }
  if ((detectInjection(input) ?? detectJailbreak(input)) !== null) return 'it reads like instructions to a model';
  const alike = nearDuplicatesOf(
    [input],
    before.map((one) => one.input),
    'any',
  );
  if (alike.length > 0) return 'it is nearly the same as another of yours';
  const { shortest, longest } = surroundings;
  const length = words(input).length;
  if (length * lengthFactor < shortest || length > lengthFactor * longest) {
    return `it has ${length} words, and the failures have ${shortest} to ${longest}`;
  }
  const answer = answerOf(output, base, input, rules);
  if ('problem' in answer) return answer.problem;
  return surroundings.problem(input, base) ?? { slice, traceId, input, output: answer.output };
}

/**
 * The right answer of a text that is written after a trace is the trace's own, which a judge vouches for. Where answers
 * name places of the text, the places are the writer's and what they are called is the trace's.
 */
function answerOf(
  written: Json | undefined,
  base: Material,
  input: string,
  { kind, task }: ExampleRules,
): { readonly output: Output } | { readonly problem: string } {
  if (kind.anchored && written === undefined) {
    return { problem: 'the answer names places of the text, so your text needs one of its own' };
  }
  const output = written === undefined ? base.expected : readOutput(written, input, kind, task);
  if (output === null) return { problem: 'its answer is none that this task has' };
  const problem = kind.problem(task, input, output);
  if (problem !== null) return { problem: problem.reason };
  const isSame = kind.anchored
    ? facetsOf(output, kind) === facetsOf(base.expected, kind)
    : kind.key(output) === kind.key(base.expected);
  return isSame
    ? { output }
    : { problem: 'its answer is not that of the trace that it is written after; nobody vouches for another' };
}

/** An answer as models write it, else as files have it; null where it is none. */
function readOutput(
  written: Json,
  input: string,
  kind: Pick<TaskKind, 'output' | 'written'>,
  task: TaskSpec,
): Output | null {
  const read = kind.written?.read(task, input, written) ?? null;
  if (read !== null) return read;
  const parsed = kind.output.safeParse(written);
  return parsed.success ? parsed.data : null;
}

function facetsOf(output: Output, kind: Pick<TaskKind, 'facets'>): string {
  return JSON.stringify([...kind.facets(output)].sort());
}

/** What surrounds a text: the cluster's failures, and what passes beside them. */
class Surroundings {
  readonly shortest: number;
  readonly longest: number;
  readonly #all: readonly Material[];
  readonly #index: SimilarityIndex;
  readonly #kind: ExampleRules['kind'];

  constructor({ failures, passes, kind }: ExampleRules) {
    const lengths = [...failures.values()].map(({ input }) => words(input).length);
    this.shortest = lengths.reduce((least, length) => Math.min(least, length), lengths[0] ?? 0);
    this.longest = lengths.reduce((most, length) => Math.max(most, length), 1);
    this.#all = [...failures.values(), ...passes.values()];
    this.#index = new SimilarityIndex(this.#all.map(({ input }) => input));
    this.#kind = kind;
  }

  /** Why a text cannot be what it says; null where nothing speaks against it. */
  problem(input: string, base: Material): string | null {
    const [own] = this.#index.nearest(input, 1, (at) => this.#all[at]?.traceId === base.traceId);
    if ((own?.similarity ?? 0) < leastLikeness) return 'it has next to nothing of the trace that it is written after';
    const facets = facetsOf(base.expected, this.#kind);
    const near = this.#index.nearest(input, neighbours);
    const borneOut = near.some(({ index }) => {
      const one = this.#all[index];
      return one !== undefined && facetsOf(one.expected, this.#kind) === facets;
    });
    return borneOut ? null : 'the traces most like it have another answer';
  }
}

/** Those words of some texts that stand in a text on record. */
function wordsOnRecord(inputs: readonly string[], onRecord: readonly string[]): ReadonlySet<string> {
  const open = new Set(inputs.flatMap((input) => words(input)));
  const known = new Set<string>();
  for (const text of onRecord) {
    if (open.size === 0) break;
    for (const word of words(text)) if (open.delete(word)) known.add(word);
  }
  return known;
}

/** Whether a text brings a word, or a place that outputs name, once more than is good; null where it does not. */
function repeated(
  { input, output }: AcceptedExample,
  before: readonly AcceptedExample[],
  known: ReadonlySet<string>,
  { kind }: ExampleRules,
): string | null {
  const often = (has: (one: AcceptedExample) => boolean) => before.filter(has).length >= mostOfOneWord;
  const fresh = new Set(words(input).filter((word) => !known.has(word)));
  for (const word of fresh) {
    if (often((one) => words(one.input).includes(word))) {
      return `${JSON.stringify(word.slice(0, 40))} is in no text on record and in ${mostOfOneWord} of yours already`;
    }
  }
  const mentions = new Set(mentionsIn(input, output, kind));
  for (const mention of mentions) {
    if (often((one) => mentionsIn(one.input, one.output, kind).includes(mention))) {
      return `${JSON.stringify(mention.slice(0, 40))} is named in ${mostOfOneWord} of yours already`;
    }
  }
  return null;
}

function mentionsIn(input: string, output: Output, kind: Pick<TaskKind, 'marks'>): readonly string[] {
  return (kind.marks?.(output) ?? []).map(({ start, end }) => normalisedText(input.slice(start, end)));
}
