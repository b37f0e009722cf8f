import { shortDigest } from '../../domain/base/ids.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import { compareText } from '../../domain/base/text.ts';
import { type Agreement, agreementOf } from '../../domain/evaluation/judge-alignment.ts';
import type { Model } from '../../domain/models/model.ts';
import type { Verdict } from '../../domain/traces/judgement.ts';
import type { PinnedRecord } from '../../domain/traces/trace-record.ts';
import type { AnalystRun } from '../../ports/analyst.ts';
import type { AnswerToJudge, Judge, Judged, JudgeRequest } from '../../ports/judge.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Usage } from '../../ports/long-work.ts';
import { goOn } from './go-on.ts';
import { type StageContext, Unfinished } from './stage.ts';
import { stepsToJudge } from './steps-to-judge.ts';

export interface JudgeQuestions {
  readonly judge: Judge;
  readonly model: Pick<Model, 'task' | 'settings'>;
  /** Out of whose budget it is asked; absent where none is limited. */
  readonly run?: AnalystRun | undefined;
  /** Names the work among that of the stage. */
  readonly name: string;
  /** What the progress counts. */
  readonly unit: string;
  /** What it is asked about. */
  readonly open: readonly AnswerToJudge[];
  /** What people have judged: a judge that must agree with them is asked about a part of it too. */
  readonly records: readonly PinnedRecord[];
  /** How many of those, at the most. */
  readonly sample: number;
}

export interface JudgeAnswers extends Judged {
  /** How the judge agrees with people; of nothing where it need not. */
  readonly agreement: Agreement;
  readonly spent: Usage;
}

/**
 * Asks a judge, and whether it agrees with people. It is not told which answers people have judged.
 * @returns what it says of the open answers, or what the stage is to return for now
 */
export async function askJudge(
  { judge, model, run, name, unit, open, records, sample }: JudgeQuestions,
  context: Pick<StageContext, 'handle' | 'deadline' | 'ports' | 'key'>,
): Promise<JudgeAnswers | Unfinished> {
  const isOpen = new Set(open.map(({ traceId }) => traceId));
  const known = judge.mustAgree
    ? judgedByPeople(
        records.filter(({ traceId }) => !isOpen.has(traceId)),
        sample,
        kindOf(model, context.ports),
      )
    : new Map<string, Known>();
  const request = (): JudgeRequest => ({
    task: model.task,
    rubric: model.settings.rubric === '' ? null : model.settings.rubric,
    ...(run !== undefined && { run }),
    answers: known.size === 0 ? open : inAnyOrder([...open, ...[...known.values()].map(({ asked }) => asked)]),
  });
  const progress = await goOn(judge, context.key(name), request, context, unit);
  if (progress instanceof Unfinished) return progress;
  const { answers, ...rest } = progress.value;
  const pairs = answers.flatMap(({ traceId, verdict }) => {
    const human = known.get(traceId)?.human;
    return human === undefined ? [] : [{ human, judge: verdict }];
  });
  return {
    ...rest,
    answers: answers.filter(({ traceId }) => isOpen.has(traceId)),
    agreement: agreementOf(pairs),
    spent: progress.usage,
  };
}

/** A part of a list that depends on nothing but its entries' ids. */
export function sampleOf<T extends { readonly traceId: string }>(records: readonly T[], size: number): readonly T[] {
  return records.length <= size ? records : inAnyOrder(records).slice(0, Math.max(0, size));
}

function inAnyOrder<T extends { readonly traceId: string }>(records: readonly T[]): readonly T[] {
  return records
    .map((record) => ({ record, place: shortDigest('judge', record.traceId) }))
    .sort((a, b) => compareText(a.place, b.place))
    .map(({ record }) => record);
}

interface Known {
  readonly asked: AnswerToJudge & { readonly traceId: string };
  readonly human: Verdict;
}

/** Answers on record that people passed and failed, as many of each as there is room for. */
function judgedByPeople(records: readonly PinnedRecord[], size: number, kind: TaskKind): ReadonlyMap<string, Known> {
  const judged = records.flatMap((record) => {
    const { traceId, input, recorded, judgement, unsettled } = record;
    const human = judgement?.judge.kind === 'human' ? judgement.verdict : null;
    if (human === null || recorded === null || unsettled !== undefined) return [];
    const steps = stepsToJudge({ ...record, answer: recorded }, kind);
    const asked = { traceId, input, answer: recorded, expected: null, ...(steps !== null && { steps }) };
    return [{ traceId, human, asked }];
  });
  const half = Math.ceil(size / 2);
  const of = (verdict: Verdict) =>
    sampleOf(
      judged.filter(({ human }) => human === verdict),
      half,
    );
  return new Map([...of('pass'), ...of('fail')].map(({ traceId, ...known }) => [traceId, known]));
}
