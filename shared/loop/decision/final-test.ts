import { z } from 'zod';
import type { Output } from '../../domain/base/output.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import {
  type EvaluationAnswer,
  type EvaluationItem,
  evaluationAnswerSchema,
  evaluationItemSchema,
} from '../../domain/evaluation/evaluation-set.ts';
import { isUsableRecord, sidedRecordSchema, type UsableRecord } from '../../domain/traces/trace-record.ts';
import { readJsonl, writeJson } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
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
const testNames = ['traffic-test', 'failure-test', 'regression-test'] as const;

/** Opens the test sets, once, for the report alone; no decision follows from them. */
export const finalTest: LongStage<z.infer<typeof inputSchema>, z.infer<typeof finalTestRefSchema>> = {
  name: 'final-test',
  long: true,
  input: inputSchema,
  output: finalTestRefSchema,
  async run({ run, prepared, split, decision }, context) {
    const { ports, key } = context;
    if (decision.chosen === null) return { testKey: null };
    const { model, champion } = await readPlan(prepared, ports);
    const kind = kindOf(model, ports);
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
      byLabel: breakdown(traffic, before, after, (item) => kind.facets(item.expected)),
      bySlice: breakdown(traffic, before, after, (item) => {
        const slice = slices.get(item.exampleId) ?? null;
        return slice === null ? [] : [slice];
      }),
      allFailuresFixed: { right: failing.filter((given) => given.right).length, of: failing.length },
      confusion: confusion(traffic, before, after, kind),
      answers: traffic.map((item) => ({
        exampleId: item.exampleId,
        input: item.input,
        expected: kind.show(item.expected),
        before: shown(before.get(item.exampleId)?.output ?? null, kind),
        after: shown(after.get(item.exampleId)?.output ?? null, kind),
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

/** Right answers before and after by the names of each item, sorted by name; an item of several counts under each. */
function breakdown(
  items: readonly EvaluationItem[],
  before: Answers,
  after: Answers,
  namesOf: (item: EvaluationItem) => readonly string[],
): FinalTest['byLabel'] {
  const named = items.flatMap((item) => namesOf(item).map((name) => ({ name, item })));
  return [...Map.groupBy(named, ({ name }) => name)]
    .map(([name, members]) => {
      const own = members.map(({ item }) => item);
      return { name, before: tally(own, before), after: tally(own, after) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function failuresOf(usable: readonly UsableRecord[]): EvaluationItem[] {
  return usable
    .filter((record) => record.verdict === 'fail')
    .map(({ traceId, input, expected }) => ({ exampleId: traceId, input, expected, right: false }));
}

function shown(output: Output | null, kind: TaskKind): string | null {
  return output === null ? null : kind.show(output);
}

/** How often each right output was answered with each output, right ones included. */
function confusion(
  items: readonly EvaluationItem[],
  before: Answers,
  after: Answers,
  kind: TaskKind,
): FinalTest['confusion'] {
  const cells = new Map<string, FinalTest['confusion'][number]>();
  const count = ({ expected }: EvaluationItem, answer: EvaluationAnswer | undefined, when: 'before' | 'after') => {
    const output = answer?.output ?? null;
    const name = JSON.stringify([kind.key(expected), output === null ? null : kind.key(output)]);
    const cell = cells.get(name) ?? {
      expected: kind.show(expected),
      answered: shown(output, kind),
      right: answer?.right === true,
      before: 0,
      after: 0,
    };
    cells.set(name, { ...cell, [when]: cell[when] + 1 });
  };
  for (const item of items) {
    count(item, before.get(item.exampleId), 'before');
    count(item, after.get(item.exampleId), 'after');
  }
  return [...cells.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
}
