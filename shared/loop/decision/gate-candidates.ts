import { z } from 'zod';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import { confusionCounts } from '../../domain/diagnosis/confusion.ts';
import {
  type EvaluationAnswer,
  type EvaluationItem,
  evaluationAnswerSchema,
  evaluationItemSchema,
} from '../../domain/evaluation/evaluation-set.ts';
import { type GateRequest, gateCandidate, type RegressionCount } from '../../domain/evaluation/gate.ts';
import { type DiscordantPair, independentPairs } from '../../domain/evaluation/independent-pairs.ts';
import { readJsonl, writeJson } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Ports } from '../../ports/ports.ts';
import { readCheckpoint } from '../engine/evaluate.ts';
import type { Stage } from '../engine/stage.ts';
import { type CandidateRef, candidateRefSchema } from '../state/candidate.ts';
import { championEvaluationSchema, type Evaluated, type EvaluatedSet, evaluatedSchema } from '../state/evaluation.ts';
import { byNetGain, type Gate, type GatedCandidate, gateSchema } from '../state/gate-result.ts';
import { lineageSchema } from '../state/lineage.ts';
import { readTrainingSide } from '../state/material.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { keptSplitSchema, sizeOf } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  split: keptSplitSchema,
  lineage: lineageSchema,
  champion: championEvaluationSchema,
  candidates: z.array(candidateRefSchema),
  evaluated: z.array(evaluatedSchema),
});
type Input = z.infer<typeof inputSchema>;

/** Puts every candidate of the iteration to the gate and names the best. Rejection is data, not a fault. */
export const gateCandidates: Stage<Input, Gate> = {
  name: 'gate-candidates',
  input: inputSchema,
  output: gateSchema,
  async run(input, { ports, key }) {
    const { model } = await readPlan(input.prepared, ports);
    const kind = kindOf(model, ports);
    const record = await readRecord(input, ports);
    const championScore = scoreOf(record.champion, record.traffic, kind);
    const candidates: GatedCandidate[] = [];
    for (const candidate of input.candidates) {
      const answers = await readAnswers(candidate, input.evaluated, ports);
      const score = scoreOf(answers.get('traffic-validation') ?? new Map(), record.traffic, kind);
      const request: GateRequest = {
        settings: model.settings,
        candidateScore: score,
        championScore,
        reason: null,
        ...paired(record, answers),
        fixed: changed(
          record.traffic.filter((item) => !item.right),
          answers.get('traffic-validation') ?? new Map(),
        ).gained.length,
        regressions: regressions(record, answers),
        evidence: {
          failures: input.split.failures,
          traffic: sizeOf(input.split.sets, 'traffic-validation'),
          regression: sizeOf(input.split.sets, 'regression'),
        },
      };
      candidates.push({
        candidate,
        score,
        answersKey: answersKeyOf(candidate, input.evaluated),
        remaining: remainingOf(record.traffic, answers.get('traffic-validation'), kind),
        request,
        verdict: gateCandidate(request),
      });
    }
    await recordScores(candidates, ports, input.run.modelId);
    const best = [...candidates].sort(byMerit)[0];
    if (best === undefined) throw new Error('gate-candidates was given no candidate');
    const gateKey = key('gate.json');
    await writeJson(ports.objects, gateKey, { championScore, candidates });
    return { gateKey, best: best.candidate, score: best.score, championScore, outcome: best.verdict.outcome };
  },
};

function answersKeyOf({ candidateId }: CandidateRef, evaluated: readonly Evaluated[]): string | null {
  const cell = evaluated.find((one) => one.candidateId === candidateId && one.set === 'traffic-validation');
  return cell?.answersKey ?? null;
}

/** Enters the scores in the lineage, where people look for them. */
async function recordScores(candidates: readonly GatedCandidate[], ports: Ports, modelId: string): Promise<void> {
  for (const { candidate, score } of candidates) {
    const checkpoint = await readCheckpoint(modelId, candidate.checkpointId, ports);
    await ports.lineage.putCheckpoint({ ...checkpoint, scores: { 'traffic-validation': score } });
  }
}

/**
 * Candidates that pass come first, then those that lose nothing beyond ε, then those nearest to it, since no score lets
 * a candidate pass that loses more; then as {@link byNetGain}.
 */
function byMerit(a: GatedCandidate, b: GatedCandidate): number {
  return (
    Number(b.verdict.outcome === 'passed') - Number(a.verdict.outcome === 'passed') ||
    excess(a) - excess(b) ||
    byNetGain(a, b)
  );
}

/** Regressions beyond ε, all sets together. */
function excess({ verdict }: GatedCandidate): number {
  return verdict.regressions.reduce((sum, { lost, allowed }) => sum + Math.max(0, lost.length - allowed), 0);
}

function remainingOf(
  items: readonly EvaluationItem[],
  answers: Answers | undefined,
  kind: TaskKind,
): GatedCandidate['remaining'] {
  const wrong = items.flatMap((item) => {
    const answer = answers?.get(item.exampleId);
    return answer?.right === true ? [] : [{ expected: item.expected, answer: answer?.output ?? null }];
  });
  return confusionCounts(wrong, kind);
}

type Answers = ReadonlyMap<string, EvaluationAnswer>;

/** The items of each set, and the champion's answers on all of them. */
interface EvaluationRecord {
  readonly traffic: readonly EvaluationItem[];
  readonly regression: readonly EvaluationItem[];
  readonly preceding: readonly EvaluationItem[];
  readonly earlier: readonly EvaluationItem[];
  readonly champion: Answers;
  /**
   * The training side where recipes were tried on it: whether the champion has a trace right, which it has never seen.
   */
  readonly training: readonly EvaluationItem[];
}

async function readRecord(input: Input, ports: Ports): Promise<EvaluationRecord> {
  const items = async (key: string | undefined) =>
    key === undefined ? [] : readJsonl(ports.objects, key, evaluationItemSchema);
  const setKey = (name: string) => input.split.sets.find((set) => set.name === name)?.key;
  return {
    traffic: await items(setKey('traffic-validation')),
    regression: await items(setKey('regression')),
    preceding: await items(input.lineage.preceding.key),
    earlier: await items(input.lineage.earlier.key),
    champion: byExample(await readJsonl(ports.objects, input.champion.answersKey, evaluationAnswerSchema)),
    training: input.evaluated.some(({ set }) => set === 'cross-fit')
      ? (await readTrainingSide(input.split, ports)).map(({ traceId, input: text, expected, verdict }) => ({
          exampleId: traceId,
          input: text,
          expected,
          right: verdict === 'pass',
        }))
      : [],
  };
}

async function readAnswers(
  candidate: CandidateRef,
  evaluated: readonly Evaluated[],
  ports: Ports,
): Promise<ReadonlyMap<EvaluatedSet, Answers>> {
  const own = evaluated.filter((cell) => cell.candidateId === candidate.candidateId);
  return new Map(
    await Promise.all(
      own.map(
        async (cell) =>
          [cell.set, byExample(await readJsonl(ports.objects, cell.answersKey, evaluationAnswerSchema))] as const,
      ),
    ),
  );
}

function byExample(answers: readonly EvaluationAnswer[]): Answers {
  return new Map(answers.map((answer) => [answer.exampleId, answer]));
}

function scoreOf(answers: Answers, items: readonly EvaluationItem[], kind: TaskKind): number {
  const grades = items.map((item) => kind.grade(item.expected, answers.get(item.exampleId)?.output ?? null));
  return kind.score(grades).value;
}

/**
 * Pairs on all validation sets of the lineage and on the cross-fitted training side, pooled; an example that is in
 * several counts once, in its newest version, and so does a group of near-duplicates.
 */
function paired(
  record: EvaluationRecord,
  answers: ReadonlyMap<EvaluatedSet, Answers>,
): { gained: string[]; lost: string[] } {
  const parts = [
    { items: record.training, set: 'cross-fit' },
    { items: record.earlier, set: 'earlier' },
    { items: record.preceding, set: 'preceding' },
    { items: record.traffic, set: 'traffic-validation' },
  ] as const;
  const pooled = new Map<string, DiscordantPair>();
  for (const { items, set } of parts) {
    for (const { exampleId, input, right } of items) {
      const now = answers.get(set)?.get(exampleId)?.right;
      if (now === undefined) continue;
      const before = record.champion.get(exampleId)?.right ?? (set === 'cross-fit' && right);
      if (now === before) pooled.delete(exampleId);
      else pooled.set(exampleId, { exampleId, input, gained: now });
    }
  }
  return independentPairs([...pooled.values()]);
}

function regressions(record: EvaluationRecord, answers: ReadonlyMap<EvaluatedSet, Answers>): RegressionCount[] {
  const counts = (
    [
      { scope: 'current', items: record.regression, set: 'traffic-validation' },
      { scope: 'preceding', items: record.preceding, set: 'preceding' },
      { scope: 'earlier', items: record.earlier, set: 'earlier' },
    ] as const
  ).map(({ scope, items, set }): RegressionCount => {
    const given = answers.get(set) ?? new Map();
    const onRecord = items.filter((item) => item.right);
    return { scope, size: items.length, right: onRecord.length, lost: changed(onRecord, given).lost };
  });
  return counts.filter((count) => count.scope === 'current' || count.size > 0);
}

/** What is right on record and wrong now, and the other way about; near-duplicates count once. */
function changed(items: readonly EvaluationItem[], given: Answers): { gained: string[]; lost: string[] } {
  return independentPairs(
    items.flatMap(({ exampleId, input, right }) => {
      const now = given.get(exampleId)?.right === true;
      return now === right ? [] : [{ exampleId, input, gained: now }];
    }),
  );
}
