import { asOutput, type Output } from '../../domain/base/output.ts';
import type { Grade, OutputReading, Pattern, Score, TaskKind } from '../../domain/base/task-kind.ts';
import { wilsonScore } from '../../domain/base/wilson.ts';
import { wrongCalculations } from '../../domain/steps/arithmetic.ts';
import type { DetectorName } from '../../domain/triage/detector-name.ts';
import type { Checker } from './checkers/checker.ts';
import { checkerOf } from './checkers/checker-of.ts';
import { exact } from './checkers/exact.ts';
import { jsonFields } from './checkers/json-fields.ts';
import { judged } from './checkers/judged.ts';
import { answerOf, generatedSchema, reasoningOf, structureOf, textOf } from './generated.ts';
import { type GenerationSpec, generationOptions, generationSpecFrom, generationSpecSchema } from './generation-spec.ts';
import { writtenGeneration } from './written-generation.ts';

/**
 * What triage looks for. JSON, code, requests for a format and long texts are what such models are asked for; that a
 * judgement is wrong cannot be told where answers are without number.
 */
const detectors: readonly DetectorName[] = [
  'unreadable',
  'empty',
  'prompt-injection',
  'jailbreak',
  'gibberish',
  'encoding',
  'duplication',
  'ocr',
  'casing',
  'typos',
  'phonetic-misspelling',
  'slang',
  'truncation',
];

/** Longer answers are cut where people read them in a line. */
const longestShown = 200;

/** A text or JSON that a model writes, held against the right one by the checker of its spec. */
export const generation: TaskKind<GenerationSpec> = withChecker(exact);

function withChecker(checker: Checker): TaskKind<GenerationSpec> {
  const { words } = checker;
  return {
    kind: 'generation',
    words: {
      facet: 'field',
      facets: 'fields',
      output: words === undefined ? '"answer"' : '{"field": "value"}',
      ...(words === undefined ? {} : { parts: words }),
    },
    spec: generationSpecSchema,
    output: generatedSchema,
    triage: detectors,
    causes: [
      'calculation-error',
      'hallucinated-reasoning',
      'missing-constraint',
      'wrong-assumption',
      'surface-trap',
      'length',
      'noise',
      'tool',
      'prompt',
      'schema',
      'ambiguous',
      'out-of-scope',
    ],
    anchored: true,
    options: generationOptions,
    boundTo: (spec) => withChecker(checkerOf(spec)),
    specFrom: generationSpecFrom,
    knownFacets: () => [],
    read: (_spec, written) => reading(written, checker),
    problem: (_spec, _input, output) => checker.problem(answerOf(output)),
    key: (output) => (output === null ? 'null' : `=${checker.key(answerOf(output))}`),
    same: (a, b) => checker.same(answerOf(a), answerOf(b)),
    ...(checker === judged && { needsJudge: true }),
    facets: (output) => checker.facets(answerOf(output)),
    grade: (expected, answer) => gradeOf(expected, answer, checker),
    score: (grades) => checker.score?.(grades) ?? shareRight(grades),
    pattern: (expected, answer) => patternOf(expected, answer, checker),
    // A text that is changed may ask for another answer.
    variants: () => [],
    written: writtenGeneration(checker),
    show(output) {
      if (output === null) return 'no answer';
      const text = textOf(answerOf(output)).replaceAll(/\s+/gu, ' ').trim();
      return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
    },
  };
}

/** Whether answers are JSON. */
function isByField(checker: Checker): boolean {
  return checker.words === jsonFields.words;
}

/** A bare number or truth is what a text says; JSON in a text is JSON where fields are compared. */
function reading(written: unknown, checker: Checker): OutputReading {
  if (typeof written === 'number' || typeof written === 'boolean' || typeof written === 'bigint') {
    return { kind: 'known', output: asOutput(String(written)), note: 'numbers and booleans read as texts' };
  }
  const parsed = generatedSchema.safeParse(written);
  if (!parsed.success) {
    return {
      kind: 'unusable',
      reason: 'no text and no JSON',
      path: null,
      mend: 'write a text; null where the model gave no answer',
    };
  }
  const answer = answerOf(parsed.data);
  const structure = isByField(checker) && reasoningOf(parsed.data) === null ? structureOf(answer) : answer;
  if (structure === answer || structure === null) return { kind: 'known', output: parsed.data, note: null };
  return { kind: 'known', output: asOutput(structure), note: null };
}

function gradeOf(expected: Output, answer: Output | null, checker: Checker): Grade {
  const wanted = answerOf(expected);
  if (answer === null) return { right: false, credit: 0, parts: checker.credit(wanted, '').parts };
  const given = answerOf(answer);
  const right = checker.same(wanted, given) === true;
  const { credit, parts } = checker.credit(wanted, given);
  return { right, credit: right ? 1 : credit, parts };
}

/** The first sum that does not add up tells more than that another number came out. */
function patternOf(expected: Output, answer: Output | null, checker: Checker): Pattern {
  const wanted = answerOf(expected);
  if (answer === null) return { key: 'null', title: 'left unanswered', facets: checker.facets(wanted) };
  const given = answerOf(answer);
  if (!isByField(checker)) {
    const way = reasoningOf(answer);
    const [wrong] = wrongCalculations(way === null ? textOf(given) : `${way}\n${textOf(given)}`);
    if (wrong !== undefined) {
      return { key: 'calculation', title: 'a calculation that is wrong', facets: [], cause: 'calculation-error' };
    }
  }
  return checker.pattern(wanted, given);
}

function shareRight(grades: readonly Grade[]): Score {
  const right = grades.filter((grade) => grade.right).length;
  const value = grades.length === 0 ? 0 : right / grades.length;
  return { metric: 'share right', value, ...wilsonScore(right, grades.length) };
}
