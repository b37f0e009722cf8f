import { describe, expect, test } from 'vitest';
import { asOutput } from '../../../../shared/domain/base/output.ts';
import type { EvaluationAnswer } from '../../../../shared/domain/evaluation/evaluation-set.ts';
import type { JudgeIdentity, Verdict } from '../../../../shared/domain/traces/judgement.ts';
import type { SplitRecord } from '../../../../shared/domain/traces/trace-record.ts';
import {
  firstUnasked,
  inOrderOfJudging,
  type KnownVerdicts,
  knownVerdicts,
  questionId,
  questionsAbout,
  type Weighed,
  withKnown,
} from '../../../../shared/loop/training/open-answers.ts';
import { kindOf } from '../../../../shared/ports/kind-of.ts';
import { generationSpecFrom } from '../../../../shared/tasks/generation/generation-spec.ts';
import { taskKinds } from '../../../../shared/tasks/task-kinds.ts';
import { sampleRecord } from '../../../helpers/record-samples.ts';

const kind = kindOf({ task: generationSpecFrom({ options: { checker: 'judge' } }) }, { tasks: taskKinds });
const yes = asOutput('Yes.');
const sure = asOutput('Sure.');
const no = asOutput('No.');
const llm: JudgeIdentity = { kind: 'llm', id: 'judge', reason: '' };
const ana: JudgeIdentity = { kind: 'human', id: 'ana', reason: '' };

const weighed = (exampleId: string, change: Partial<Weighed> = {}): Weighed => ({
  exampleId,
  input: 'Open on Sunday?',
  expected: yes,
  ...change,
});

/** A record of which the champion answers "Sure.", which a judge has passed, and whose right output is "Yes.". */
const judged = (traceId: string, change: Partial<SplitRecord> = {}): SplitRecord =>
  sampleRecord(traceId, {
    input: 'Open on Sunday?',
    recorded: no,
    judgement: { verdict: 'fail', expected: yes, judge: ana },
    answer: sure,
    verdict: 'pass',
    expected: yes,
    judgedBy: llm,
    ...change,
  });

const settled = (exampleId: string, output: EvaluationAnswer['output'] = sure): EvaluationAnswer => ({
  exampleId,
  output,
  confidence: 1,
  right: false,
});
/** An answer of which nobody knows whether it is right. */
const open = (exampleId: string, output?: EvaluationAnswer['output']): EvaluationAnswer => ({
  ...settled(exampleId, output),
  undecided: true,
});
const answersOf = (...answers: readonly EvaluationAnswer[]) => new Map(answers.map((one) => [one.exampleId, one]));
const nothingKnown: KnownVerdicts = () => undefined;
const saidOf = (records: readonly SplitRecord[], asked: readonly [string, Verdict | null][] = []) =>
  knownVerdicts(records, new Map(asked), kind);

describe('what is known of an answer', () => {
  test('is the verdict on the same answer of the champion to the same trace, whoever gave it', () => {
    for (const judgedBy of [llm, ana, null]) {
      expect(saidOf([judged('t1', { judgedBy })])(weighed('t1'), sure)).toBe('pass');
      expect(saidOf([judged('t1', { judgedBy, verdict: 'fail' })])(weighed('t1'), sure)).toBe('fail');
    }
    expect(saidOf([judged('t1', { judgedBy: null, verdict: 'unknown' })])(weighed('t1'), sure)).toBeUndefined();
  });

  test('is the judgement of the same answer on record, where there is one', () => {
    expect(saidOf([judged('t1')])(weighed('t1'), no)).toBe('fail');
    const uncertain = judged('t1', { judgement: { verdict: null, expected: yes, judge: ana } });
    expect(saidOf([uncertain])(weighed('t1'), no)).toBeUndefined();
    expect(saidOf([judged('t1', { judgement: null })])(weighed('t1'), no)).toBeUndefined();
    // What the champion answers today and is unknown of is what was recorded.
    const again = judged('t1', { answer: no, verdict: 'unknown', judgedBy: null });
    expect(saidOf([again])(weighed('t1'), no)).toBe('fail');
  });

  test('is nothing of another answer, nor of a trace that is not on record', () => {
    const known = saidOf([judged('t1', { judgedBy: ana })]);
    expect(known(weighed('t1'), asOutput('Perhaps.'))).toBeUndefined();
    expect(known(weighed('t2'), sure)).toBeUndefined();
  });

  test('is what a judge said of the same answer to the same input elsewhere, beside the same right output', () => {
    const known = saidOf([judged('t1')]);
    expect(known(weighed('t2'), sure)).toBe('pass');
    expect(known(weighed('t2', { input: 'Open on Monday?' }), sure)).toBeUndefined();
    expect(known(weighed('t2', { expected: no }), sure)).toBeUndefined();
    expect(known(weighed('t2', { fromJudge: true }), sure)).toBeUndefined();
  });

  test('is what a judge said alone, where only a judge has said what is right', () => {
    const alone = saidOf([judged('t1', { judgement: null })]);
    expect(alone(weighed('t2', { fromJudge: true }), sure)).toBe('pass');
    expect(alone(weighed('t2'), sure)).toBeUndefined();
  });

  test('is nothing that people said elsewhere, nor what judges left open', () => {
    const propagated: JudgeIdentity = { kind: 'propagated', id: 'ana', reason: '' };
    const silent: readonly Partial<SplitRecord>[] = [
      ...[ana, propagated, null].map((judgedBy) => ({ judgedBy })),
      { verdict: 'unknown' },
      { answer: null },
    ];
    for (const change of silent) {
      const known = saidOf([judged('t1', change)]);
      expect(known(weighed('t2'), sure)).toBeUndefined();
      expect(known(weighed('t2'), asOutput('null'))).toBeUndefined();
    }
  });

  test('is what the judge said of candidates, the last word of it, also where that made no sense', () => {
    const id = questionId('Open on Sunday?', sure, yes, kind);
    expect(saidOf([], [[id, 'fail']])(weighed('t2'), sure)).toBe('fail');
    expect(saidOf([judged('t1')], [[id, 'fail']])(weighed('t2'), sure)).toBe('fail');
    expect(saidOf([], [[id, null]])(weighed('t2'), sure)).toBeNull();
  });
});

describe('the order of judging', () => {
  const ids = Array.from({ length: 50 }, (_, at) => `t${at}`);
  const ordered = (of: readonly string[]) => inOrderOfJudging(of.map((id) => weighed(id))).map((one) => one.exampleId);

  test('is of all records, the same whatever their order, and not the one that they stand in', () => {
    expect(ordered(ids.toReversed())).toEqual(ordered(ids));
    expect(ordered(ids)).not.toEqual(ids);
    expect(ordered(ids).toSorted()).toEqual(ids.toSorted());
  });

  test('stays among some of them', () => {
    const some = ids.filter((_, at) => at % 3 === 0);
    expect(ordered(some)).toEqual(ordered(ids).filter((id) => some.includes(id)));
  });
});

describe('questions about answers', () => {
  const records = [weighed('t1'), weighed('t2', { input: 'Open on Monday?' }), weighed('t3')];

  test('are those that are open, of all candidates, each once, in the order of the records', () => {
    const candidates = [
      answersOf(open('t2'), open('t1'), settled('t3')),
      answersOf(open('t1'), open('t3'), open('t2', no)),
    ];
    const questions = questionsAbout(records, candidates, nothingKnown, kind);
    expect(questions.map(({ input, answer }) => [input, answer])).toEqual([
      ['Open on Sunday?', sure],
      ['Open on Monday?', sure],
      ['Open on Monday?', no],
    ]);
    expect(questions.every(({ expected }) => expected === yes)).toBe(true);
  });

  test('are none where nothing was answered, or somebody has spoken, though it made no sense', () => {
    expect(questionsAbout(records, [answersOf(open('t1', null))], nothingKnown, kind)).toEqual([]);
    for (const verdict of ['pass', 'fail', null] as const) {
      expect(questionsAbout(records, [answersOf(open('t1'))], () => verdict, kind)).toEqual([]);
    }
  });

  test('show no right output where only a judge has said it, which is another question then', () => {
    const own = [weighed('t1'), weighed('t2', { fromJudge: true })];
    const questions = questionsAbout(own, [answersOf(open('t1'), open('t2'))], nothingKnown, kind);
    expect(questions.map(({ expected }) => expected)).toEqual([yes, null]);
    expect(new Set(questions.map(({ traceId }) => traceId)).size).toBe(2);
  });

  test('are of the first reading of an answer that is written in two ways', () => {
    const candidates = [answersOf(open('t1', sure)), answersOf(open('t1', asOutput('SURE.')))];
    expect(questionsAbout(records, candidates, nothingKnown, kind).map(({ answer }) => answer)).toEqual([sure]);
  });
});

describe('an answer after the judge', () => {
  test('is right or wrong by the verdict, and open no more', () => {
    for (const verdict of ['pass', 'fail'] as const) {
      const after = withKnown(weighed('t1'), open('t1'), () => verdict);
      expect(after).toEqual({ ...settled('t1'), right: verdict === 'pass', judged: true });
    }
  });

  test('is as it was where nothing is known, where it was not open, and where there is none', () => {
    for (const nothing of [undefined, null])
      expect(withKnown(weighed('t1'), open('t1'), () => nothing)).toEqual(open('t1'));
    expect(withKnown(weighed('t1'), settled('t1'), () => 'pass')).toEqual(settled('t1'));
    expect(withKnown(weighed('t1'), open('t1', null), () => 'pass')).toEqual(open('t1', null));
  });
});

describe('the first record that waits for the judge', () => {
  const records = [weighed('t1'), weighed('t2'), weighed('t3')];

  test('is one with an open answer of any candidate of which nobody has said anything', () => {
    const first = (...answers: readonly EvaluationAnswer[]) =>
      firstUnasked(records, [answersOf(), answersOf(...answers)], nothingKnown);
    expect(first(open('t3'), open('t2'))).toBe(1);
    expect(first(open('t1', null), open('t3'))).toBe(2);
    expect(first()).toBe(-1);
  });

  test('is none where something was said of each, though it made no sense', () => {
    expect(firstUnasked(records, [answersOf(open('t1'))], () => null)).toBe(-1);
  });
});
