import { z } from 'zod';
import type { Output } from '../../domain/base/output.ts';
import { givenJudgeKindSchema, judgeSchema } from '../../domain/traces/judgement.ts';
import { describeIssues, type LineResult, refuse } from '../parse-json-line.ts';
import { contradicts, type GivenJudgement, verdictBy } from './given-judgement.ts';
import { impossibleOutput } from './impossible-output.ts';
import { readOutput } from './read-output.ts';
import { readFigure, readVerdict } from './read-verdict.ts';
import type { ReadingContext } from './reading-context.ts';
import { type Fields, isNative, isPlainObject, shortJson } from './record-fields.ts';

const judgeLineSchema = z.object({ judge: judgeSchema.extend({ timestamp: z.undefined() }) });

/**
 * What the fields of a record judge; null for nothing.
 * @param answer that was judged; undefined where the record only names its trace
 */
export function ownJudgement(
  fields: Fields,
  input: string | null,
  answer: Output | null | undefined,
  context: ReadingContext,
): LineResult<GivenJudgement | null> {
  const { task, kind } = context;
  const expected = rightOutput(fields, context);
  if (!expected.ok) return expected;
  const verdict = givenVerdict(fields, context);
  if (!verdict.ok) return verdict;
  const judge = givenJudge(fields, context);
  if (!judge.ok) return judge;
  if (verdict.value === null && expected.value === null) {
    // A line of a review whose "expected" nobody has filled in yet names a judge that has not judged.
    const isUnfilled = fields.isNull('expected');
    const isOdd = fields.has('judge') && !fields.has('score') && isNative(context) && !isUnfilled;
    return isOdd
      ? refuse('a "judge" without "verdict" or "expected"', 'say what was judged, or leave "judge" out')
      : { ok: true, value: null };
  }
  if (verdict.value !== null && expected.value !== null && answer !== undefined) {
    if (contradicts(verdict.value, answer, expected.value, kind)) {
      const reason = `"verdict" is ${verdict.value} but "output" ${verdict.value === 'pass' ? 'differs from' : 'equals'} "expected"`;
      return refuse(reason, 'correct one of them');
    }
  }
  const said = { expected: expected.value, verdict: verdict.value };
  const problem = input === null ? null : impossibleOutput(said, input, answer ?? null, task, kind);
  if (problem !== null) return { ok: false, problem };
  const byOutput = answer === undefined ? null : verdictBy(kind, answer, expected.value);
  return {
    ok: true,
    value: {
      verdict: verdict.value ?? byOutput,
      expected: expected.value,
      judge: judge.value.identity ?? {
        kind: context.judge ?? 'rule',
        id: context.judge !== null || verdict.value !== null ? 'unnamed' : 'exact-match',
        reason: '',
      },
      ...judge.value.when,
      ...(judge.value.isKindKnown || context.judge !== null ? {} : { judgeAssumed: true as const }),
    },
  };
}

function rightOutput(fields: Fields, context: ReadingContext): LineResult<Output | null> {
  const { notes } = context;
  const written = fields.get('expected');
  if (written === undefined || written === null) return { ok: true, value: null };
  const read = readOutput(written, 'expected', context);
  if (!read.ok) return read;
  if (read.note !== null) notes.add(read.note);
  return { ok: true, value: read.output };
}

function givenVerdict(fields: Fields, { passAt }: ReadingContext): LineResult<GivenJudgement['verdict']> {
  const written = fields.get('verdict');
  if (written !== undefined && written !== null) {
    const verdict = readVerdict(written);
    return verdict === null
      ? refuse(
          `"verdict": must be "pass" or "fail", not ${shortJson(written)}`,
          'write one of them, or a word such as correct or wrong',
        )
      : { ok: true, value: verdict };
  }
  const score = passAt === null || fields.has('expected') ? null : readFigure(fields.get('score'));
  if (score === null || passAt === null) return { ok: true, value: null };
  return { ok: true, value: score >= passAt ? 'pass' : 'fail' };
}

interface GivenJudge {
  readonly identity: GivenJudgement['judge'] | null;
  readonly when: Pick<GivenJudgement, 'at' | 'saidAt'>;
  /** Whether the record says of what kind it is. */
  readonly isKindKnown: boolean;
}

function givenJudge(fields: Fields, context: ReadingContext): LineResult<GivenJudge> {
  const given = fields.get('judge');
  if (given === undefined || given === null)
    return { ok: true, value: { identity: null, when: { at: null }, isKindKnown: false } };
  const written = isPlainObject(given) ? withKnownParts(given, context) : given;
  const judge = isPlainObject(written) ? { ...written, timestamp: undefined } : written;
  const parsed = judgeLineSchema.safeParse({ judge });
  if (!parsed.success) return refuse(describeIssues(parsed.error), judgeMend(given, context));
  const { timestamp: _timestamp, ...identity } = parsed.data.judge;
  const when = isPlainObject(given) ? context.timeOfJudging(given.timestamp) : { at: null };
  return { ok: true, value: { identity, when, isKindKnown: isPlainObject(given) && given.kind !== undefined } };
}

/** What to do about a judge that is none; a table has no objects. */
function judgeMend(given: unknown, context: ReadingContext): string {
  if (isNative(context) || !context.format.freeNames)
    return 'write {"kind": "human", "id": "..."}; kinds are human, llm and rule';
  const apart = 'write judge.kind (human, llm or rule) and judge.id apart';
  if (isPlainObject(given)) return apart;
  return givenJudgeKindSchema.safeParse(given).success
    ? `say that it is the judge's kind, --map judge.kind=judge, or ${apart}`
    : `say that it names the judge, --map judge.id=judge --judge human (or llm, or rule), or ${apart}`;
}

function withKnownParts(judge: Readonly<Record<string, unknown>>, context: ReadingContext): Record<string, unknown> {
  const { id, kind } = judge;
  return {
    ...judge,
    ...(typeof id === 'number' ? { id: String(id) } : {}),
    ...(id === undefined && !isNative(context) ? { id: 'unnamed' } : {}),
    ...(kind === undefined && (context.judge !== null || !isNative(context)) ? { kind: context.judge ?? 'rule' } : {}),
  };
}
