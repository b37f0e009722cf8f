import { z } from 'zod';
import { mcNemarOneSided, signFlipOneSided } from '../../domain/base/statistics.ts';
import type { Grade, TaskKind } from '../../domain/base/task-kind.ts';
import { confusionCounts } from '../../domain/diagnosis/confusion.ts';
import { excessOf } from '../../domain/diagnosis/over-prediction.ts';
import { creditOf } from '../../domain/evaluation/credit.ts';
import { type EvaluationAnswer, evaluationAnswerSchema, isWeighed } from '../../domain/evaluation/evaluation-set.ts';
import { type EvidenceRecord, evidenceRecordSchema } from '../../domain/evaluation/evidence-record.ts';
import type { FacetCount } from '../../domain/evaluation/facet-losses.ts';
import { type GateRequest, gateCandidate, type MemoryCount } from '../../domain/evaluation/gate.ts';
import { type PairedRecord, pairUp } from '../../domain/evaluation/pairs.ts';
import { trainerNamed } from '../../ports/back-ends.ts';
import { readJson, readJsonl, writeJson } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Ports } from '../../ports/ports.ts';
import { gateFileName, judgingFileKey } from '../engine/gate-file.ts';
import type { Stage } from '../engine/stage.ts';
import { candidateRefSchema } from '../state/candidate.ts';
import { type Evaluated, evaluatedSchema, judgingSchema } from '../state/evaluation.ts';
import { byNetGain, type Gate, type GatedCandidate, gateSchema } from '../state/gate-result.ts';
import { lineageSchema } from '../state/lineage.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { keptSplitSchema } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  split: keptSplitSchema,
  lineage: lineageSchema,
  candidates: z.array(candidateRefSchema),
  evaluated: z.array(evaluatedSchema),
});
type Input = z.infer<typeof inputSchema>;

/** The margin of a dear trainer, of which only some of the folds have a model: pairs are few then. */
const dearMargin = 0.01;

/** Puts every candidate of the iteration to the gate and names the best. Rejection is data, not a fault. */
export const gateCandidates: Stage<Input, Gate> = {
  name: 'gate-candidates',
  input: inputSchema,
  output: gateSchema,
  async run(input, { ports, key }) {
    const { model } = await readPlan(input.prepared, ports);
    const kind = kindOf(model, ports);
    const { parts } = kind.words;
    const { cost } = trainerNamed(model.trainer, ports);
    const { split, lineage } = input;
    const [evidence = [], preceding = [], earlier = []] = await Promise.all(
      [split.evidence.key, lineage.preceding.key, lineage.earlier.key].map((file) =>
        readJsonl(ports.objects, file, evidenceRecordSchema),
      ),
    );
    const known = kind.knownFacets(model.task);
    const stopped = await whyUnjudged(input, ports);
    const candidates: GatedCandidate[] = [];
    const answersOf = new Map<GatedCandidate, Answers>();
    for (const candidate of input.candidates) {
      const evaluated = input.evaluated.find(({ candidateId }) => candidateId === candidate.candidateId);
      if (evaluated === undefined) throw new Error(`candidate ${candidate.candidateId} was not evaluated`);
      const given = await readJsonl(ports.objects, evaluated.answersKey, evaluationAnswerSchema);
      const answers = byExample(given.filter(isWeighed));
      const { groups, gained, lost, changes, facets } = pairUp(paired(evidence, answers, kind));
      const answered = evidence.filter(({ exampleId, kept }) => kept && answers.has(exampleId));
      const score = scoreOf(answered, (record) => gradeOf(record, answers.get(record.exampleId), kind), kind);
      const championScore = scoreOf(answered, (record) => championGrade(record, kind), kind);
      const request: GateRequest = {
        settings: model.settings,
        margin: cost === 'dear' ? dearMargin : null,
        pairs: { groups, gained, lost, ...(parts === undefined ? {} : { changes }) },
        ...(parts === undefined ? {} : { score: { metric: parts.metric, champion: championScore, candidate: score } }),
        memory: [
          ...(preceding.length === 0 ? [] : [memory('preceding', preceding, answers, kind)]),
          ...(earlier.length === 0 ? [] : [memory('earlier', earlier, answers, kind)]),
        ],
        facets: [...facets, ...withoutRecords(known, facets)],
        people: peopleOf(evidence, answers, kind),
        evidence: { failures: split.failures, records: answered.length, ...judgedOf(given, evaluated, stopped) },
        fit: evaluated.fit,
        words: wordsOf(kind),
      };
      const gated: GatedCandidate = {
        candidate,
        score,
        championScore,
        answersKey: evaluated.answersKey,
        remaining: remainingOf(answered, answers, kind),
        excess: excessOf(
          answered.map(({ exampleId, expected }) => ({ expected, answer: answers.get(exampleId)?.output ?? null })),
          kind,
        ),
        request,
        verdict: gateCandidate(request),
      };
      candidates.push(gated);
      answersOf.set(gated, answers);
    }
    await recordScores(candidates, ports, input.run.modelId);
    const isBetter = (one: GatedCandidate, other: GatedCandidate) =>
      isProvenBetter(evidence, answersOf.get(one), answersOf.get(other), kind, model.settings.alpha);
    const best = chosenOf(candidates.filter(passed), isBetter) ?? [...candidates].sort(byMerit)[0];
    if (best === undefined) throw new Error('gate-candidates was given no candidate');
    const gateKey = key(gateFileName);
    await writeJson(ports.objects, gateKey, { candidates });
    const { candidate, score, championScore, verdict } = best;
    return { gateKey, best: candidate, score, championScore, outcome: verdict.outcome };
  },
};

/** Enters the scores in the lineage, where people look for them. */
async function recordScores(candidates: readonly GatedCandidate[], ports: Ports, modelId: string): Promise<void> {
  for (const { candidate, score } of candidates) {
    await ports.lineage.addScores(modelId, candidate.checkpointId, { 'out-of-fold': score });
  }
}

function passed({ verdict }: GatedCandidate): boolean {
  return verdict.outcome === 'passed';
}

/**
 * Of candidates that pass, the first is taken, unless a later one is proven better: they come in the order in which
 * their trainer expects most of them, and what some gain more than others on the same records is mostly chance.
 */
function chosenOf(
  candidates: readonly GatedCandidate[],
  isBetter: (one: GatedCandidate, other: GatedCandidate) => boolean,
): GatedCandidate | undefined {
  return candidates.reduce<GatedCandidate | undefined>(
    (chosen, one) => (chosen === undefined || isBetter(one, chosen) ? one : chosen),
    undefined,
  );
}

/**
 * Whether one candidate is better than another by the exact one-sided McNemar test on the records of both, or by the
 * sign-flip test where answers can be right in part.
 */
function isProvenBetter(
  evidence: readonly EvidenceRecord[],
  one: Answers | undefined,
  other: Answers | undefined,
  kind: TaskKind,
  alpha: number,
): boolean {
  if (one === undefined || other === undefined) return false;
  const records = evidence.flatMap((record) => {
    const before = other.get(record.exampleId);
    return before === undefined ? [] : [{ ...record, right: before.right, answer: before.output }];
  });
  const { gained, lost, changes } = pairUp(paired(records, one, kind));
  const pValue =
    kind.words.parts === undefined ? mcNemarOneSided(gained.length, lost.length) : signFlipOneSided(changes);
  return pValue <= alpha;
}

function wordsOf({ words: { facet, facets, parts } }: TaskKind): GateRequest['words'] {
  return { facet, facets, ...(parts === undefined ? {} : { parts: parts.several }) };
}

/** Labels that the task knows and no record tells of: whether they fall nobody can say. */
function withoutRecords(known: readonly string[], counted: readonly FacetCount[]): FacetCount[] {
  const seen = new Set(counted.map(({ facet }) => facet));
  return known.filter((facet) => !seen.has(facet)).map((facet) => ({ facet, records: 0, gained: 0, lost: 0 }));
}

/** The pairs that a person has judged. */
function peopleOf(evidence: readonly EvidenceRecord[], answers: Answers, kind: TaskKind): GateRequest['people'] {
  const judged = evidence.filter(({ byPerson }) => byPerson === true);
  const { groups, gained, lost } = pairUp(paired(judged, answers, kind));
  return { records: groups, gained: gained.length, lost: lost.length };
}

/** Of candidates that do not pass, those that break the fewest rules come first; then as {@link byNetGain}. */
function byMerit(a: GatedCandidate, b: GatedCandidate): number {
  return broken(a) - broken(b) || byNetGain(a, b);
}

function broken({ verdict }: GatedCandidate): number {
  return verdict.rules.filter(({ passed }) => !passed).length;
}

type Answers = ReadonlyMap<string, EvaluationAnswer>;

function byExample(answers: readonly EvaluationAnswer[]): Answers {
  return new Map(answers.map((answer) => [answer.exampleId, answer]));
}

/** What both have answered without having seen it, each answer held against what the record itself says is right. */
function paired(records: readonly EvidenceRecord[], answers: Answers, kind: TaskKind): PairedRecord[] {
  return records.flatMap((record) => {
    const answer = answers.get(record.exampleId);
    return answer === undefined ? [] : pairedRecord(record, answer, kind);
  });
}

/** None for a record of which there is nothing to get right in part, and neither answers anything: it tells nothing. */
function pairedRecord(record: EvidenceRecord, answer: EvaluationAnswer, kind: TaskKind): PairedRecord[] {
  const { exampleId, groupId, right: before, expected } = record;
  const grade = gradeOf(record, answer, kind);
  const whole = { exampleId, groupId, before, after: grade.right };
  const facets = kind.facets(expected);
  if (kind.words.parts === undefined) {
    return [{ ...whole, facets: facets.map((facet) => ({ facet, before, after: grade.right })) }];
  }
  const graded = kind.grade(expected, record.answer);
  if (before && grade.right && grade.parts.length === 0 && graded.parts.length === 0) return [];
  return [
    {
      ...whole,
      change: creditOf(grade) - creditOf(graded, before),
      facets: facets.map((facet) => ({
        facet,
        before: before || hasFacet(graded, facet),
        after: hasFacet(grade, facet),
      })),
    },
  ];
}

/** Whether nothing is missed of a facet. */
function hasFacet({ parts }: Grade, facet: string): boolean {
  return parts.every((part) => part.facet !== facet || part.fn === 0);
}

/**
 * What is right on record and wrong now, and the other way about; a near-duplicate group counts once. What was frozen
 * without its credit is held against whole answers alone.
 */
function memory(
  scope: MemoryCount['scope'],
  records: readonly EvidenceRecord[],
  answers: Answers,
  kind: TaskKind,
): MemoryCount {
  const pairs = records.flatMap((record): PairedRecord[] => {
    const answer = answers.get(record.exampleId);
    if (answer === undefined) return [];
    const { exampleId, groupId, right: before, credit, expected } = record;
    const grade = gradeOf({ expected }, answer, kind);
    const after = grade.right;
    const change = credit === undefined ? Number(after) - Number(before) : creditOf(grade) - credit;
    return [{ exampleId, groupId, before, after, change, facets: [] }];
  });
  const { gained, lost, changes } = pairUp(pairs);
  const change = changes.reduce((sum, one) => sum + one, 0);
  const right = pairs.filter(({ before }) => before).length;
  return { scope, size: pairs.length, right, lost, gained, ...(kind.words.parts === undefined ? {} : { change }) };
}

/** The task's metric; 0 where there is nothing to measure. */
function scoreOf(
  records: readonly EvidenceRecord[],
  gradeFor: (record: EvidenceRecord) => Grade,
  kind: TaskKind,
): number {
  return records.length === 0 ? 0 : kind.score(records.map(gradeFor)).value;
}

/** An answer held against what the record says is right; what a judge has passed is right however it reads. */
function gradeOf(
  { expected }: Pick<EvidenceRecord, 'expected'>,
  answer: EvaluationAnswer | undefined,
  kind: TaskKind,
): Grade {
  const grade = kind.grade(expected, answer?.output ?? null);
  return answer?.judged === true && answer.right ? asRight(grade) : grade;
}

/** The same of the champion's answer, which was judged before. */
function championGrade({ expected, answer, right }: EvidenceRecord, kind: TaskKind): Grade {
  const grade = kind.grade(expected, answer);
  return kind.needsJudge === true && right ? asRight(grade) : grade;
}

function asRight(grade: Grade): Grade {
  return { ...grade, right: true, credit: 1 };
}

/** Why the judge came no further; null where it came to the end, or nothing was left to it. */
async function whyUnjudged({ run, iteration }: Input, { objects }: Ports): Promise<string | null> {
  const key = judgingFileKey(run, iteration);
  return (await objects.get(key)) === undefined ? null : (await readJson(objects, key, judgingSchema)).stopped;
}

/** What somebody had to say of a candidate's answers, and what nobody has said; nothing where nobody need. */
function judgedOf(
  given: readonly EvaluationAnswer[],
  { notAsked }: Evaluated,
  stopped: string | null,
): Partial<GateRequest['evidence']> {
  const judged = given.filter((answer) => answer.judged === true && isWeighed(answer));
  const undecided = given.filter((answer) => answer.undecided === true).length;
  const leftOut = given.filter((answer) => answer.leftOut === true).length;
  return {
    ...(judged.length > 0 && { judged: judged.length, passed: judged.filter(({ right }) => right).length }),
    ...(undecided > 0 && { undecided }),
    ...(leftOut > 0 && { leftOut }),
    ...(notAsked !== undefined && { notAsked }),
    ...(undecided > 0 && stopped !== null && { unjudged: stopped }),
  };
}

function remainingOf(
  records: readonly EvidenceRecord[],
  answers: Answers,
  kind: TaskKind,
): GatedCandidate['remaining'] {
  const wrong = records.flatMap(({ exampleId, expected }) => {
    const answer = answers.get(exampleId);
    return answer?.right === true ? [] : [{ expected, answer: answer?.output ?? null }];
  });
  return confusionCounts(wrong, kind);
}
