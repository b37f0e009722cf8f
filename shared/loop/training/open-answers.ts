import { digest } from '../../domain/base/ids.ts';
import type { Output } from '../../domain/base/output.ts';
import { sameAnswer } from '../../domain/base/same-answer.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import { compareText } from '../../domain/base/text.ts';
import type { EvaluationAnswer } from '../../domain/evaluation/evaluation-set.ts';
import type { EvidenceRecord } from '../../domain/evaluation/evidence-record.ts';
import type { Verdict } from '../../domain/traces/judgement.ts';
import { rightOnRecord } from '../../domain/traces/judging.ts';
import type { SplitRecord } from '../../domain/traces/trace-record.ts';
import type { AnswerToJudge } from '../../ports/judge.ts';

/** A record that candidates have answered. */
export type Weighed = Pick<EvidenceRecord, 'exampleId' | 'input' | 'expected' | 'fromJudge'>;

type JudgedRecord = Pick<
  SplitRecord,
  'traceId' | 'input' | 'answer' | 'verdict' | 'expected' | 'judgedBy' | 'recorded' | 'judgement'
>;

/** Tells the verdict on an answer, where somebody has given one. */
export type KnownVerdicts = (record: Weighed, answer: Output) => Verdict | null | undefined;

/** Names a question to a judge: by what it is shown, so that who gave the answer, and of which trace, makes no other. */
export function questionId(
  input: string,
  answer: Output,
  reference: Output | null,
  kind: Pick<TaskKind, 'key'>,
): string {
  return digest(input, kind.key(answer), reference === null ? 'none' : kind.key(reference));
}

/** The right output that a judge is shown beside an answer; null where only a judge has said what is right. */
export function referenceFor({ expected, fromJudge }: Weighed): Output | null {
  return fromJudge === true ? null : expected;
}

/**
 * What has been said already: of a trace's own answer on record, and of the champion's, whoever said it; of the same answer
 * to the same input elsewhere, what the judge said.
 * @param asked what the judge has said of candidates' answers, by question; null for nothing that can be used
 */
export function knownVerdicts(
  records: readonly JudgedRecord[],
  asked: ReadonlyMap<string, Verdict | null>,
  kind: Pick<TaskKind, 'key' | 'same'>,
): KnownVerdicts {
  const byTrace = new Map(records.map((record) => [record.traceId, record]));
  const said = new Map<string, Verdict | null>(
    records.flatMap((record): [string, Verdict][] => {
      const { input, answer, verdict, judgedBy } = record;
      const isByJudge = judgedBy !== null && judgedBy.kind !== 'human' && judgedBy.kind !== 'propagated';
      if (!isByJudge || answer === null || verdict === 'unknown') return [];
      return [[questionId(input, answer, rightOnRecord(record), kind), verdict]];
    }),
  );
  for (const [id, verdict] of asked) said.set(id, verdict);
  return (of, answer) => {
    const record = byTrace.get(of.exampleId);
    if (record !== undefined) {
      const { recorded, judgement, verdict } = record;
      if (sameAnswer(kind, answer, record.answer) && verdict !== 'unknown') return verdict;
      if (sameAnswer(kind, answer, recorded) && judgement?.verdict) return judgement.verdict;
    }
    return said.get(questionId(of.input, answer, referenceFor(of), kind));
  };
}

/**
 * Records in the order in which their answers are judged: at random, but always the same, so that how far a judge comes
 * has nothing to do with what was answered.
 */
export function inOrderOfJudging<T extends Pick<Weighed, 'exampleId'>>(records: readonly T[]): readonly T[] {
  return records
    .map((record) => ({ record, place: digest('judge', record.exampleId) }))
    .sort((a, b) => compareText(a.place, b.place))
    .map(({ record }) => record);
}

export type AnswersByRecord = ReadonlyMap<string, EvaluationAnswer>;

/**
 * The questions about answers that nobody has judged, of all candidates together, each once, in the order of the records. A
 * question names neither trace nor candidate.
 */
export function questionsAbout(
  records: readonly Weighed[],
  candidates: readonly AnswersByRecord[],
  known: KnownVerdicts,
  kind: Pick<TaskKind, 'key'>,
): readonly AnswerToJudge[] {
  const questions = new Map<string, AnswerToJudge>();
  for (const record of records) {
    for (const { output } of openAnswers(record, candidates)) {
      if (known(record, output) !== undefined) continue;
      const expected = referenceFor(record);
      const traceId = questionId(record.input, output, expected, kind);
      if (!questions.has(traceId)) questions.set(traceId, { traceId, input: record.input, answer: output, expected });
    }
  }
  return [...questions.values()];
}

/** What a candidate's answer is after the judge: as it was where nobody has said anything of it. */
export function withKnown(record: Weighed, answer: EvaluationAnswer, known: KnownVerdicts): EvaluationAnswer {
  const { undecided, ...rest } = answer;
  if (undecided !== true || answer.output === null) return answer;
  const verdict = known(record, answer.output);
  return verdict === undefined || verdict === null ? answer : { ...rest, right: verdict === 'pass', judged: true };
}

/**
 * The first record of which an answer waits for a judge who was not asked any further; -1 where none does. What comes from
 * there on is left out whole: of it, only what reads like the right output would count.
 */
export function firstUnasked(
  records: readonly Weighed[],
  candidates: readonly AnswersByRecord[],
  known: KnownVerdicts,
): number {
  return records.findIndex((record) =>
    openAnswers(record, candidates).some(({ output }) => known(record, output) === undefined),
  );
}

function openAnswers(
  { exampleId }: Pick<Weighed, 'exampleId'>,
  candidates: readonly AnswersByRecord[],
): readonly { readonly output: Output }[] {
  return candidates.flatMap((answers) => {
    const { undecided, output = null } = answers.get(exampleId) ?? {};
    return undecided === true && output !== null ? [{ output }] : [];
  });
}
