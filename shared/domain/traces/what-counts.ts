import type { Output } from '../base/output.ts';
import type { OutputProblem, TaskKind } from '../base/task-kind.ts';
import type { TaskSpec } from '../base/task-spec.ts';
import { type JudgeKind, type Judgement, laterOf } from './judgement.ts';
import type { Trace } from './trace.ts';

/** What all the judgements of one trace come to. */
export type WhatCounts =
  | { readonly kind: 'none' }
  /** One of them counts. */
  | { readonly kind: 'counts'; readonly judgement: Judgement }
  /** The one that would count names an output that the task does not know (yet); none takes its place. */
  | { readonly kind: 'held'; readonly judgement: Judgement; readonly expected: Output; readonly reason: string }
  /** None can be true of the input, whatever names the task knew. The reason is that of the one that would count. */
  | { readonly kind: 'impossible'; readonly reason: string }
  /** People disagree, and no majority of them settles it. `reason` names their views. */
  | { readonly kind: 'disputed'; readonly reason: string };

type CountingKind = Pick<TaskKind, 'same' | 'problem' | 'show'>;

/**
 * The one rule of which judgement of a trace counts, for whoever reads judgements.
 *
 * A person's counts over an LLM's over a rule's over what was propagated. Of each person the latest counts, but who merely says
 * that the answer is wrong, before, with or after a correction of it, takes nothing back. Where two people differ, in the
 * right output or in whether the answer was right, the trace is disputed until more than half of them agree. Of LLMs, of
 * rules, and of what was propagated, what each has come to counts likewise, and among them that of the one who spoke last. A judgement whose right output the task does not know is
 * held: it counts once the task knows the output, and no other takes its place meanwhile. One whose right output can
 * never be true of the input, as its places are not in it, is set aside: others count as if it had not been said.
 */
export function whatCounts(
  { trace, judgements }: { readonly trace: Pick<Trace, 'input' | 'output'>; readonly judgements: readonly Judgement[] },
  task: TaskSpec,
  kind: CountingKind,
): WhatCounts {
  const problemOf = (judgement: Judgement): OutputProblem | null => {
    const expected = rightOutput(judgement, trace.output);
    return expected === null ? null : kind.problem(task, trace.input, expected);
  };
  const isPossible = (judgement: Judgement): boolean => {
    const problem = problemOf(judgement);
    return problem === null || problem.unknown !== undefined;
  };
  const possible = judgements.filter(isPossible);
  const of = (judges: JudgeKind): readonly Standing[] =>
    standingOfEach(
      possible.filter(({ judge }) => judge.kind === judges),
      trace.output,
      kind,
    );
  const people = of('human').map(({ stands }) => stands);
  const settled =
    people.length > 1
      ? settle(people, trace.output, kind)
      : (people[0] ?? lastToSpeak(of('llm')) ?? lastToSpeak(of('rule')) ?? lastToSpeak(of('propagated')));
  if (settled === undefined) {
    const [first] = judgements;
    return first === undefined ? { kind: 'none' } : { kind: 'impossible', reason: problemOf(first)?.reason ?? '' };
  }
  if (settled === null) return { kind: 'disputed', reason: viewsOf(people, trace.output, kind) };
  const expected = rightOutput(settled, trace.output);
  const problem = problemOf(settled);
  if (expected === null || problem === null) {
    return { kind: 'counts', judgement: withVerdict(settled, trace.output, kind) };
  }
  return { kind: 'held', judgement: settled, expected, reason: problem.reason };
}

/** The right output by a judgement: its correction or, for a pass without one, the answer on record. */
function rightOutput({ expected, verdict }: Judgement, recorded: Output | null): Output | null {
  return expected ?? (verdict === 'pass' ? recorded : null);
}

/** A judgement that came before its trace could not say what its correction means for the answer on record. */
function withVerdict(judgement: Judgement, recorded: Output | null, kind: Pick<TaskKind, 'same'>): Judgement {
  const { verdict, expected } = judgement;
  if (verdict !== null || expected === undefined) return judgement;
  const same = recorded === null ? false : kind.same(recorded, expected);
  return same === 'undecided' ? judgement : { ...judgement, verdict: same ? 'pass' : 'fail' };
}

/** What one judge has come to. */
interface Standing {
  /** The judgement that stands. */
  readonly stands: Judgement;
  /** The last one, which may only repeat that the answer is wrong. */
  readonly last: Judgement;
}

function standingOfEach(
  judgements: readonly Judgement[],
  recorded: Output | null,
  kind: Pick<TaskKind, 'same'>,
): readonly Standing[] {
  const byJudge = Map.groupBy(judgements, ({ judge }) => judge.id);
  return [...byJudge.values()].map((own) => standingOf(own, recorded, kind));
}

function standingOf(own: readonly Judgement[], recorded: Output | null, kind: Pick<TaskKind, 'same'>): Standing {
  const last = own.reduce(laterOf);
  const telling = own.filter((judgement) => !isBareFail(judgement));
  if (!isBareFail(last) || telling.length === 0) return { stands: last, last };
  const told = telling.reduce(laterOf);
  return { stands: findsWrong(told, recorded, kind) ? told : last, last };
}

/** Whether a judgement says only that the answer is wrong. */
function isBareFail({ verdict, expected }: Judgement): boolean {
  return verdict === 'fail' && expected === undefined;
}

function findsWrong({ verdict, expected }: Judgement, recorded: Output | null, kind: Pick<TaskKind, 'same'>): boolean {
  if (verdict === 'pass' || expected === undefined) return false;
  return recorded === null || kind.same(recorded, expected) !== true;
}

function lastToSpeak(judges: readonly Standing[]): Judgement | undefined {
  return judges.length === 0 ? undefined : judges.reduce((a, b) => (laterOf(a.last, b.last) === a.last ? a : b)).stands;
}

/** People of one right output, or of none: they only say that the answer is wrong. */
interface View {
  readonly expected: Output | null;
  readonly people: readonly Judgement[];
}

/** The latest judgement of the view that more than half of the people share; null where there is no such view. */
function settle(people: readonly Judgement[], recorded: Output | null, kind: CountingKind): Judgement | null {
  const views = viewsByOutput(people, recorded, kind);
  const bare = views.find(({ expected }) => expected === null)?.people.length ?? 0;
  const named = views.filter(({ expected }) => expected !== null);
  // Who only says that the answer is wrong agrees with each correction of it.
  const supported = named.map((view) => ({
    view,
    support: view.people.length + (view.expected !== null && isAnswer(view.expected, recorded, kind) ? 0 : bare),
  }));
  const most = Math.max(bare, ...supported.map(({ support }) => support));
  const winners = supported.filter(({ support }) => support === most).map(({ view }) => view);
  if (winners.length === 0) winners.push(...views.filter(({ expected }) => expected === null));
  const [winner] = winners;
  if (winner === undefined || winners.length > 1 || 2 * most <= people.length) return null;
  return winner.people.reduce(laterOf);
}

function isAnswer(expected: Output, recorded: Output | null, kind: CountingKind): boolean {
  return recorded !== null && kind.same(recorded, expected) === true;
}

function viewsByOutput(people: readonly Judgement[], recorded: Output | null, kind: CountingKind): readonly View[] {
  const views: { expected: Output | null; people: Judgement[] }[] = [];
  for (const judgement of people) {
    const expected = rightOutput(judgement, recorded);
    const view = views.find((other) => isSameView(other.expected, expected, kind));
    if (view === undefined) views.push({ expected, people: [judgement] });
    else view.people.push(judgement);
  }
  return views;
}

/** Where nobody can tell whether two outputs are equally right, they are no disagreement. */
function isSameView(a: Output | null, b: Output | null, kind: CountingKind): boolean {
  return a === null || b === null ? a === b : kind.same(a, b) !== false;
}

const mostNamed = 6;

function viewsOf(people: readonly Judgement[], recorded: Output | null, kind: CountingKind): string {
  const told = people.slice(0, mostNamed).map((judgement) => {
    const expected = rightOutput(judgement, recorded);
    const said = expected === null ? 'that the answer is wrong' : JSON.stringify(kind.show(expected).slice(0, 80));
    return `${judgement.judge.id.slice(0, 60)} says ${said}`;
  });
  const more = people.length - told.length;
  return `people disagree: ${told.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}
