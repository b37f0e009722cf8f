import { z } from 'zod';
import {
  type EvaluationAnswer,
  type EvaluationItem,
  evaluationAnswerSchema,
  evaluationItemSchema,
} from '../../domain/evaluation/evaluation-set.ts';
import { isUsableRecord, sidedRecordSchema, type UsableRecord } from '../../domain/traces/trace-record.ts';
import { readJsonl, writeJson } from '../../ports/documents.ts';
import { evaluateInSlices, readCheckpoint } from '../engine/evaluate.ts';
import { type LongStage, Unfinished } from '../engine/stage.ts';
import { decisionRefSchema } from '../state/decision.ts';
import { type FinalTest, finalTestRefSchema } from '../state/final-test.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { keptSplitSchema } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  split: keptSplitSchema,
  decision: decisionRefSchema,
});
const testNames = ['traffic-test', 'failure-test', 'regression-test'] as const;
/** Opens the test sets, once, for the report alone; no decision follows from them. */
export const finalTest: LongStage<z.infer<typeof inputSchema>, z.infer<typeof finalTestRefSchema>> = {
  name: 'final-test',
  long: true,
  input: inputSchema,
  output: finalTestRefSchema,
  async run({ run, prepared, split, decision }, context) {
    const { ports, key } = context;
    if (decision.chosen === null) return { testKey: '' };
    const { champion } = await readPlan(prepared, ports);
    const candidate = await readCheckpoint(run.modelId, decision.chosen.checkpointId, ports);
    const items = new Map<string, EvaluationItem[]>();
    for (const name of testNames) {
      const ref = split.sets.find((set) => set.name === name);
      items.set(name, ref === undefined ? [] : await readJsonl(ports.objects, ref.key, evaluationItemSchema));
    }
    const traffic = items.get('traffic-test') ?? [];
    const usable = (await readJsonl(ports.objects, split.sidedKey, sidedRecordSchema)).filter(isUsableRecord);
    const answersBefore = await evaluateInSlices('before', champion, traffic, context);
    if (answersBefore instanceof Unfinished) return answersBefore;
    const answersAfter = await evaluateInSlices('after', candidate, traffic, context);
    if (answersAfter instanceof Unfinished) return answersAfter;
    const failing = await evaluateInSlices('failures', candidate, failuresOf(usable), context);
    if (failing instanceof Unfinished) return failing;
    const before = byExample(answersBefore);
    const after = byExample(answersAfter);
    const slices = new Map(usable.map((record) => [record.traceId, record.slice]));
    const result: FinalTest = {
      checkpointId: candidate.checkpointId,
      sets: testNames.map((name) => ({
        name,
        before: tally(items.get(name) ?? [], before),
        after: tally(items.get(name) ?? [], after),
      })),
      byLabel: breakdown(traffic, before, after, (item) => item.expected),
      bySlice: breakdown(traffic, before, after, (item) => slices.get(item.exampleId) ?? null),
      allFailuresFixed: { right: failing.filter((given) => given.right).length, of: failing.length },
      confusion: confusion(traffic, before, after),
      answers: traffic.map((item) => ({
        exampleId: item.exampleId,
        input: item.input,
        expected: item.expected,
        before: before.get(item.exampleId)?.output ?? null,
        after: after.get(item.exampleId)?.output ?? null,
      })),
    };
    const testKey = key('test.json');
    await writeJson(ports.objects, testKey, result);
    return { testKey };
  },
};

type Answers = ReadonlyMap<string, EvaluationAnswer>;

function byExample(answers: readonly EvaluationAnswer[]): Answers {
  return new Map(answers.map((answer) => [answer.exampleId, evaluationAnswerSchema.parse(answer)]));
}

function tally(items: readonly EvaluationItem[], answers: Answers): { right: number; of: number } {
  return { right: items.filter((item) => answers.get(item.exampleId)?.right === true).length, of: items.length };
}

/** Right answers before and after by a name of each item, sorted by it; items without one are left out. */
function breakdown(
  items: readonly EvaluationItem[],
  before: Answers,
  after: Answers,
  nameOf: (item: EvaluationItem) => string | null,
): FinalTest['byLabel'] {
  return [...Map.groupBy(items, nameOf)]
    .flatMap(([name, own]) => (name === null ? [] : [{ name, before: tally(own, before), after: tally(own, after) }]))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function failuresOf(usable: readonly UsableRecord[]): EvaluationItem[] {
  return usable
    .filter((record) => record.verdict === 'fail')
    .map(({ traceId, input, expected }) => ({ exampleId: traceId, input, expected, right: false }));
}

function confusion(items: readonly EvaluationItem[], before: Answers, after: Answers): FinalTest['confusion'] {
  const cells = new Map<string, FinalTest['confusion'][number]>();
  const count = (item: EvaluationItem, answered: string | null, when: 'before' | 'after') => {
    const name = JSON.stringify([item.expected, answered]);
    const cell = cells.get(name) ?? { expected: item.expected, answered, before: 0, after: 0 };
    cells.set(name, { ...cell, [when]: cell[when] + 1 });
  };
  for (const item of items) {
    count(item, before.get(item.exampleId)?.output ?? null, 'before');
    count(item, after.get(item.exampleId)?.output ?? null, 'after');
  }
  return [...cells.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
}
