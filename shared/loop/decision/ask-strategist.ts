import type { Json } from '../../domain/base/json.ts';
import { jsonSchema } from '../../domain/base/json.ts';
import type { Taxonomy } from '../../domain/diagnosis/taxonomy.ts';
import { describeConfiguration } from '../../domain/models/configuration.ts';
import { describeMove } from '../../domain/policy/moves.ts';
import { type Move, type PolicyDecision, withChosenMove } from '../../domain/policy/policy.ts';
import type { AdviceRequest, Note } from '../../ports/analyst.ts';
import { analystNamed } from '../../ports/back-ends.ts';
import type { Ports } from '../../ports/ports.ts';
import { analystRun } from '../engine/analyst-run.ts';
import { goOn } from '../engine/go-on.ts';
import { keepNotes, readNotesUpTo } from '../engine/run-notes.ts';
import { type StageContext, Unfinished } from '../engine/stage.ts';
import type { Candidate } from '../state/candidate.ts';
import type { GatedCandidate } from '../state/gate-result.ts';
import type { History, IterationRef } from '../state/iteration.ts';
import { readTrainingRecords } from '../state/material.ts';
import type { RunPlan } from '../state/run-plan.ts';
import type { StageHead } from '../state/stage-head.ts';

interface Question {
  readonly head: Pick<StageHead, 'run' | 'iteration'>;
  readonly step: IterationRef;
  readonly recordsKey: string;
  readonly plan: RunPlan;
  readonly policy: PolicyDecision;
  /** What the policy allows, its own first. */
  readonly allowed: readonly Move[];
  readonly before: History | null;
  readonly gated: readonly GatedCandidate[];
  readonly trained: readonly Candidate[];
  readonly taxonomy: Taxonomy;
}

/**
 * Lets the model's analyst choose among the moves that the policy allows, where there are several and it has a say in it.
 * What it says that counts for nothing leaves the policy's own move.
 * @returns the decision, with who made it in its words; or what the stage is to return for now
 */
export async function askStrategist(question: Question, context: StageContext): Promise<PolicyDecision | Unfinished> {
  const { head, plan, policy, allowed, step } = question;
  const { ports, key } = context;
  if (policy.next === 'promote' || policy.next === 'stop' || allowed.length < 2) return policy;
  const { advice } = analystNamed(plan.model.analyst, ports);
  if (advice === undefined) return policy;
  const before = await readNotesUpTo(head.iteration - 1, head, ports.objects);
  const fact: Note = { iteration: head.iteration, by: 'run', text: factOf(question) };
  const request = async (): Promise<AdviceRequest> => ({
    run: analystRun(plan),
    task: plan.model.task,
    iteration: head.iteration,
    moves: allowed.map((move) => ({ name: move.name, changes: changesOf(move) })),
    policy: policy.detail,
    scores: scoresOf(question),
    lineage: await lineageOf(plan, ports),
    taxonomy: question.taxonomy,
    records: await readTrainingRecords({ recordsKey: question.recordsKey }, ports),
    notes: [...before, fact],
  });
  const progress = await goOn(advice, key('strategy'), request, context);
  if (progress instanceof Unfinished) return progress;
  const { move: name, why, notes } = progress.value;
  const chosen = allowed.find((move) => move.name === name);
  const said: Note[] = notes.map((text) => ({ iteration: step.number, by: 'strategist', text }));
  const told =
    chosen === undefined
      ? `The strategist gave no choice that counts, so that the policy’s own move is made.`
      : chosen.name === policy.move.name
        ? `The strategist chose it among ${allowed.length}: ${why}`
        : `The strategist chose ${chosen.name} among ${allowed.length} in its place: ${why}`;
  const choice: Note = { iteration: step.number, by: chosen === undefined ? 'run' : 'strategist', text: told };
  await keepNotes([...before, fact, ...said, choice], key, ports.objects);
  return withChosenMove(policy, chosen ?? policy.move, told);
}

function changesOf(move: Move): string {
  const configurations = (move.configurations ?? []).map(describeConfiguration).join('; ');
  return configurations === ''
    ? describeMove(move)
    : `${describeMove(move)} They are: ${configurations}.`.slice(0, 600);
}

/** What an iteration came to, in a sentence. */
function factOf({ step, trained, gated, policy }: Question): string {
  const datasets = [...new Set(trained.map(({ datasetId, mode }) => `${datasetId} (${mode})`))].join(', ');
  const scores = gated.map(({ candidate, score }) => `${candidate.candidateId} ${score.toFixed(4)}`).join(', ');
  return `${step.move}: datasets ${datasets}; candidates by score ${scores}. ${policy.detail}`
    .slice(0, 800)
    .toWellFormed();
}

function scoresOf({ before, gated, step }: Question): readonly Json[] {
  const past = (before?.iterations ?? []).map(({ iteration, move, score, rolledBack, decision }) => ({
    iteration,
    move,
    score,
    rolledBack,
    decision,
  }));
  const now = gated.map(({ candidate, score, verdict, remaining }) => ({
    iteration: step.number,
    candidate: candidate.candidateId,
    score,
    rules: verdict.rules.map(({ rule, passed, detail }) => ({ rule, passed, detail })),
    stillFails: remaining.slice(0, 10),
  }));
  return [...past, ...now].map((row) => jsonSchema.parse(JSON.parse(JSON.stringify(row))));
}

async function lineageOf({ model }: RunPlan, { lineage }: Ports): Promise<readonly Json[]> {
  const [datasets, checkpoints] = await Promise.all([
    lineage.listDatasets(model.modelId),
    lineage.listCheckpoints(model.modelId),
  ]);
  return [
    ...datasets.map(({ datasetId, parentId, mode, runId, iteration, manifest }) => ({
      dataset: datasetId,
      parent: parentId,
      mode,
      run: runId,
      iteration,
      examples: manifest.examples,
      slices: manifest.bands.map(({ slice, examples, share, met }) => ({ slice, examples, share, met })),
      controlsNotMet: manifest.controls.filter(({ met }) => !met).map(({ name, measured }) => `${name}: ${measured}`),
    })),
    ...checkpoints.map(({ checkpointId, parentId, scores }) => ({
      checkpoint: checkpointId,
      parent: parentId,
      scores,
    })),
  ].map((row) => jsonSchema.parse(JSON.parse(JSON.stringify(row))));
}
