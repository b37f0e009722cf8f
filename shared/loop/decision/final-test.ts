import { z } from 'zod';
import type { Output } from '../../domain/base/output.ts';
import type { FacetPair, PlaceAgreement, Score, TaskKind } from '../../domain/base/task-kind.ts';
import {
  type EvaluationAnswer,
  type EvaluationItem,
  evaluationAnswerSchema,
  isWeighed,
} from '../../domain/evaluation/evaluation-set.ts';
import { evidenceRecordSchema } from '../../domain/evaluation/evidence-record.ts';
import { isUsableRecord, splitRecordSchema, trains, type UsableRecord } from '../../domain/traces/trace-record.ts';
import { answersToday } from '../../ports/answer-today.ts';
import { costsToAsk } from '../../ports/back-ends.ts';
import { readJsonl, writeJson } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import { analystRun } from '../engine/analyst-run.ts';
import { evaluateInSlices, readCheckpoint } from '../engine/evaluate.ts';
import { type LongStage, Unfinished } from '../engine/stage.ts';
import { decisionRefSchema } from '../state/decision.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { keptSplitSchema } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';
import { type FinalTest, finalTestRefSchema } from '../state/test-result.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  split: keptSplitSchema,
  decision: decisionRefSchema,
});
/**
 * What the report shows of the candidate decided on: both answers out of fold, as the gate has weighed them; where the
 * model keeps a share of its traffic for the report alone, that too, opened here once a run; and how many of the
 * failures that it trained on it has learnt. No decision follows from any of it.
 */
export const finalTest: LongStage<z.infer<typeof inputSchema>, z.infer<typeof finalTestRefSchema>> = {
  name: 'final-test',
  long: true,
  input: inputSchema,
  output: finalTestRefSchema,
  async run({ run, prepared, split, decision }, context) {
    const { ports, key } = context;
    if (decision.chosen === null || decision.answersKey === null) return { testKey: null };
    const plan = await readPlan(prepared, ports);
    const { model, champion } = plan;
    const paidBy = analystRun(plan);
    const kind = kindOf(model, ports);
    const today = answersToday(champion, model, ports);
    const candidate = await readCheckpoint(run.modelId, decision.chosen.checkpointId, ports);
    const usable = (await readJsonl(ports.objects, split.recordsKey, splitRecordSchema)).filter(isUsableRecord);
    const answers = await readJsonl(ports.objects, decision.answersKey, evaluationAnswerSchema);
    const after = byExample(answers.filter(isWeighed));
    const evidence = await readJsonl(ports.objects, split.evidence.key, evidenceRecordSchema);
    const traffic = evidence.filter(({ kept, exampleId }) => kept && after.has(exampleId));
    const before = byExample(usable.map(answerOnRecord));
    const failing = await evaluateInSlices(
      { name: 'failures', checkpoint: candidate, items: itemsOf(usable.filter(isTrainedFailure)), paidBy },
      context,
    );
    if (failing instanceof Unfinished) return failing;
    const reported = usable.filter(({ use }) => use === 'report');
    const items = itemsOf(reported);
    // What was paid for once is not asked again.
    const reportBefore = costsToAsk(champion, ports)
      ? reported.map(answerOnRecord)
      : await evaluateInSlices({ name: 'before', checkpoint: champion, items, today, paidBy }, context);
    if (reportBefore instanceof Unfinished) return reportBefore;
    const reportAfter = await evaluateInSlices({ name: 'after', checkpoint: candidate, items, paidBy }, context);
    if (reportAfter instanceof Unfinished) return reportAfter;
    // What the budget does not cover asking one of the two is shown of neither.
    const asked = byExample(reportBefore);
    const askedAfter = byExample(reportAfter);
    const report = items.filter(({ exampleId }) => asked.has(exampleId) && askedAfter.has(exampleId));
    const slices = new Map(usable.map((record) => [record.traceId, record.slice]));
    const set = (name: string, items: readonly EvaluationItem[], then: Answers, now: Answers) => ({
      name,
      before: tally(items, then),
      after: tally(items, now),
    });
    const result: FinalTest = {
      checkpointId: candidate.checkpointId,
      sets: [
        set('traffic', traffic, before, after),
        set(
          'failures',
          traffic.filter(({ right }) => !right),
          before,
          after,
        ),
        set(
          'passes',
          traffic.filter(({ right }) => right),
          before,
          after,
        ),
        ...(report.length === 0 ? [] : [set('report', report, asked, askedAfter)]),
      ],
      score:
        kind.words.parts === undefined
          ? null
          : { before: scored(traffic, before, kind), after: scored(traffic, after, kind) },
      places:
        kind.places === undefined
          ? null
          : { before: placed(traffic, before, kind), after: placed(traffic, after, kind) },
      byFacet: byFacet(traffic, before, after, kind),
      bySlice: breakdown(traffic, before, after, (item) => {
        const slice = slices.get(item.exampleId) ?? null;
        return slice === null ? [] : [slice];
      }),
      allFailuresFixed: { right: failing.filter((given) => given.right).length, of: failing.length },
      confusion: confusion(traffic, before, after, kind),
    };
    const testKey = key('test.json');
    await writeJson(ports.objects, testKey, result);
    return { testKey };
  },
};

/** What the champion said of a record, as it was judged. */
function answerOnRecord({ traceId, answer, confidence, verdict }: UsableRecord): EvaluationAnswer {
  return { exampleId: traceId, output: answer, confidence, right: verdict === 'pass' };
}

function isTrainedFailure(record: UsableRecord): boolean {
  return record.verdict === 'fail' && trains(record);
}

function itemsOf(records: readonly UsableRecord[]): EvaluationItem[] {
  return records.map(({ traceId, input, expected, verdict }) => ({
    exampleId: traceId,
    input,
    expected,
    right: verdict === 'pass',
  }));
}

type Answers = ReadonlyMap<string, EvaluationAnswer>;

function byExample(answers: readonly EvaluationAnswer[]): Answers {
  return new Map(answers.map((answer) => [answer.exampleId, answer]));
}

function tally(items: readonly EvaluationItem[], answers: Answers): { right: number; of: number } {
  return { right: items.filter((item) => answers.get(item.exampleId)?.right === true).length, of: items.length };
}

function scored(items: readonly EvaluationItem[], answers: Answers, kind: TaskKind): Score {
  return kind.score(items.map((item) => kind.grade(item.expected, answers.get(item.exampleId)?.output ?? null)));
}

function placed(items: readonly EvaluationItem[], answers: Answers, kind: TaskKind): PlaceAgreement {
  const sum = { same: 0, overlapping: 0, expected: 0, answered: 0 };
  for (const item of items) {
    const found = kind.places?.(item.expected, answers.get(item.exampleId)?.output ?? null);
    if (found === undefined) continue;
    sum.same += found.same;
    sum.overlapping += found.overlapping;
    sum.expected += found.expected;
    sum.answered += found.answered;
  }
  return sum;
}

/** Right answers before and after by the names of each item, sorted by name; an item of several counts under each. */
function breakdown(
  items: readonly EvaluationItem[],
  before: Answers,
  after: Answers,
  namesOf: (item: EvaluationItem) => readonly string[],
): FinalTest['bySlice'] {
  const named = items.flatMap((item) => namesOf(item).map((name) => ({ name, item })));
  return [...Map.groupBy(named, ({ name }) => name)]
    .map(([name, members]) => {
      const own = members.map(({ item }) => item);
      return { name, before: tally(own, before), after: tally(own, after) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

type Graded = FinalTest['byFacet'][number]['before'];

/** What both got right and wrong of each facet, sorted by facet; one that nobody named is not there. */
function byFacet(
  items: readonly EvaluationItem[],
  before: Answers,
  after: Answers,
  kind: TaskKind,
): FinalTest['byFacet'] {
  const sums = new Map<string, { before: Graded; after: Graded }>();
  const none: Graded = { tp: 0, fp: 0, fn: 0 };
  for (const item of items) {
    for (const [when, answers] of [['before', before] as const, ['after', after] as const]) {
      for (const part of kind.grade(item.expected, answers.get(item.exampleId)?.output ?? null).parts) {
        const sum = sums.get(part.facet) ?? { before: none, after: none };
        sums.set(part.facet, { ...sum, [when]: added(sum[when], part) });
      }
    }
  }
  return [...sums]
    .map(([facet, sum]) => ({ facet, ...sum }))
    .sort((a, b) => (a.facet < b.facet ? -1 : a.facet > b.facet ? 1 : 0));
}

function added(a: Graded, { tp, fp, fn }: Graded): Graded {
  return { tp: a.tp + tp, fp: a.fp + fp, fn: a.fn + fn };
}

function shown(output: Output | null, kind: TaskKind): string | null {
  return output === null ? null : kind.show(output);
}

/** How often each right output was answered with each output, or each facet with each facet; right ones included. */
function confusion(
  items: readonly EvaluationItem[],
  before: Answers,
  after: Answers,
  kind: TaskKind,
): FinalTest['confusion'] {
  const cells = new Map<string, FinalTest['confusion'][number]>();
  for (const item of items) {
    for (const [when, answers] of [['before', before] as const, ['after', after] as const]) {
      for (const { name, ...pair } of pairsOf(item, answers.get(item.exampleId), kind)) {
        const cell = cells.get(name) ?? { ...pair, before: 0, after: 0 };
        cells.set(name, { ...cell, [when]: cell[when] + 1 });
      }
    }
  }
  return [...cells.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
}

function pairsOf(
  { expected }: EvaluationItem,
  answer: EvaluationAnswer | undefined,
  kind: TaskKind,
): readonly (FacetPair & { readonly name: string })[] {
  const output = answer?.output ?? null;
  if (kind.pairs !== undefined) {
    return kind
      .pairs(expected, output)
      .map((pair) => ({ ...pair, name: JSON.stringify([pair.expected, pair.answered, pair.right]) }));
  }
  return [
    {
      name: JSON.stringify([kind.key(expected), output === null ? null : kind.key(output)]),
      expected: kind.show(expected),
      answered: shown(output, kind),
      right: answer?.right === true,
    },
  ];
}
