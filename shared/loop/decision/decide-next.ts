import { z } from 'zod';
import { overPredicts } from '../../domain/diagnosis/over-prediction.ts';
import { type Taxonomy, taxonomySchema } from '../../domain/diagnosis/taxonomy.ts';
import type { Configuration } from '../../domain/models/configuration.ts';
import { describeMove, moves } from '../../domain/policy/moves.ts';
import {
  allowedMoves,
  applyPolicy,
  type Move,
  type PolicyDecision,
  type PolicyRequest,
} from '../../domain/policy/policy.ts';
import { trainerNamed } from '../../ports/back-ends.ts';
import { readJson, writeJson } from '../../ports/documents.ts';
import type { SearchContext, Trainer } from '../../ports/trainer.ts';
import { keepChampion } from '../engine/keep-champion.ts';
import { type LongStage, Unfinished } from '../engine/stage.ts';
import { withoutStaleChampion } from '../engine/without-champion.ts';
import { type Candidate, readCandidate } from '../state/candidate.ts';
import { type DecisionRef, decisionRefSchema } from '../state/decision.ts';
import { type GatedCandidate, gateFileSchema, gateSchema } from '../state/gate-result.ts';
import { type History, type IterationRecord, iterationRefSchema, readHistory } from '../state/iteration.ts';
import { shortReason } from '../state/limits.ts';
import { preparedSchema, type RunPlan, readPlan } from '../state/run-plan.ts';
import { splitSchema } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';
import { askStrategist } from './ask-strategist.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  split: splitSchema.pick({ recordsKey: true }),
  taxonomyKey: z.string(),
  step: iterationRefSchema,
  gate: gateSchema,
});
type Input = z.infer<typeof inputSchema>;

/**
 * Applies the iteration policy: another move, promotion, or an end with the champion kept. Among the moves that the policy
 * allows the model's analyst may choose, where it has a say in it.
 */
export const decideNext: LongStage<Input, DecisionRef> = {
  name: 'decide-next',
  long: true,
  input: inputSchema,
  output: decisionRefSchema,
  async run(input, context) {
    const { step, gate } = input;
    const { ports, key } = context;
    const plan = await readPlan(input.prepared, ports);
    const before = await readHistory(step, ports);
    const gated = (await readJson(ports.objects, gate.gateKey, gateFileSchema)).candidates;
    const best = gated.find((entry) => entry.candidate.candidateId === gate.best.candidateId);
    if (best === undefined)
      throw new Error(`the gate's best candidate ${gate.best.candidateId} is not among its candidates`);
    const trained = await Promise.all(gated.map((entry) => readCandidate(entry.candidate, ports)));
    const bestCandidate = trained.find((candidate) => candidate.candidateId === gate.best.candidateId);
    if (bestCandidate === undefined) throw new Error(`candidate ${gate.best.candidateId} cannot be read`);
    const tried = [...(before?.tried ?? []), ...trained.map((candidate) => candidate.configuration)];
    const taxonomy = await readJson(ports.objects, input.taxonomyKey, taxonomySchema);
    const losesTooMuch = best.verdict.rules.some(({ rule, passed }) => isLoss(rule) && !passed);
    const request: PolicyRequest = {
      settings: plan.model.settings,
      iteration: input.iteration,
      score: gate.score,
      previous: before === null ? null : { score: before.basis.score },
      championScore: gate.championScore,
      gate: gate.outcome,
      losesTooMuch,
      gains: (before?.iterations ?? []).map(({ iteration, score, rolledBack, move }) => ({
        iteration,
        score,
        rolledBack,
        move,
      })),
      untried: untriedMoves(
        before,
        tried,
        goesBack(before, gate) ? before.basis.configuration : bestCandidate.configuration,
        { losesTooMuch, overPredicts: overPredicts(best.excess) },
        plan,
        trainerNamed(plan.model.trainer, ports),
      ),
      externalRemainder: onlyExternal(best.remaining, taxonomy),
    };
    const applied = applyPolicy(request);
    const policy = await askStrategist(
      {
        head: input,
        step,
        recordsKey: input.split.recordsKey,
        plan,
        policy: applied,
        allowed: allowedMoves(request, applied),
        before,
        gated,
        trained,
        taxonomy,
      },
      context,
    );
    if (policy instanceof Unfinished) return policy;
    const history = extend(input, before, bestCandidate, tried, policy);
    const historyKey = key('history.json');
    await writeJson(ports.objects, historyKey, history);

    if (policy.next === 'promote')
      return {
        next: 'promote',
        reason: shortReason(promotionReason(best, gated.length)),
        historyKey,
        chosen: gate.best,
        answersKey: best.answersKey,
        iteration: step,
      };
    if (policy.next !== 'stop') {
      const iteration = { number: input.iteration + 1, kind: policy.next, move: policy.move.name, historyKey };
      return {
        next: policy.next,
        reason: shortReason(`${policy.detail} ${describeMove(policy.move)}`),
        historyKey,
        chosen: null,
        answersKey: null,
        iteration,
      };
    }
    const kept = await keepChampion(history.iterations, policy.detail, plan, ports);
    return { ...kept, reason: shortReason(kept.reason), historyKey, iteration: step };
  },
};

/** Whether a rule is about what a candidate loses, whatever it gains. */
function isLoss(rule: string): boolean {
  return rule === 'memory' || rule === 'labels';
}

/** What was gained, and what falls all the same. */
function promotionReason({ verdict, candidate, request }: GatedCandidate, candidates: number): string {
  const gain = verdict.rules.find(({ rule }) => rule === 'gain')?.detail ?? '';
  const speaks = verdict.fallen.length > 0 || request.facets.some(({ records }) => records === 0);
  const labels = speaks ? ` ${verdict.rules.find(({ rule }) => rule === 'labels')?.detail}` : '';
  const which = candidates === 1 ? 'passes the gate' : `passes the gate, of ${candidates} tried side by side`;
  return `Candidate ${candidate.candidateId} ${which}. ${gain}${labels}`;
}

/** Whether the policy will roll the iteration back, so that what stood before it stands again. */
function goesBack(before: History | null, { score }: Input['gate']): before is History {
  return before !== null && score < before.basis.score;
}

function untriedMoves(
  before: History | null,
  tried: readonly Configuration[],
  from: Configuration,
  known: Omit<SearchContext, 'options'>,
  plan: RunPlan,
  trainer: Trainer,
): readonly Move[] {
  const made = new Set((before?.iterations ?? []).map((past) => past.move));
  const { settings, trainerOptions } = plan.model;
  const offered = trainer.neighbours(from, { options: trainerOptions, ...known });
  const neighbours = withoutStaleChampion(offered, plan, trainer);
  const context = { neighbours, tried, atOnce: trainer.cost === 'dear' ? 1 : 2 } as const;
  return (['rework-data', 'tune', 'augment'] as const)
    .flatMap((kind) => moves(kind, context, settings))
    .filter((move) => !made.has(move.name));
}

function onlyExternal(remaining: GatedCandidate['remaining'], taxonomy: Taxonomy): boolean {
  const external = new Set(
    taxonomy.clusters.filter((cluster) => cluster.fixability === 'external').map((cluster) => cluster.pattern),
  );
  return remaining.length > 0 && remaining.every(({ key }) => external.has(key));
}

function extend(
  { iteration, step, gate }: Input,
  before: History | null,
  best: Candidate,
  tried: readonly Configuration[],
  policy: PolicyDecision,
): History {
  const rolledBack = policy.next !== 'promote' && policy.rollback;
  const record: IterationRecord = {
    iteration,
    kind: step.kind,
    move: step.move,
    best: gate.best,
    score: gate.score,
    rolledBack,
    decision: policy.detail,
    gateKey: gate.gateKey,
  };
  return {
    iterations: [...(before?.iterations ?? []), record],
    basis:
      rolledBack && before !== null
        ? before.basis
        : {
            candidate: gate.best,
            score: gate.score,
            dataset: { datasetId: best.datasetId, key: best.datasetKey, mode: best.mode },
            configuration: best.configuration,
          },
    tried: [...tried],
    next: policy.next === 'promote' || policy.next === 'stop' ? null : policy.move,
    ended: policy.next === 'stop' ? policy.reason : null,
  };
}
