import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { digest, shortDigest } from '../../domain/base/ids.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import { creditOf } from '../../domain/evaluation/credit.ts';
import {
  type EvaluationItem,
  type EvaluationSet,
  evaluationAnswerSchema,
  isWeighed,
} from '../../domain/evaluation/evaluation-set.ts';
import { evidenceRecordSchema } from '../../domain/evaluation/evidence-record.ts';
import { type Control, holdsLease, moveChampion } from '../../domain/models/control.ts';
import type { RunRef } from '../../domain/models/run-ref.ts';
import { readControl, updateControl } from '../../operations/control-item.ts';
import { deployOrRecord } from '../../operations/deploy-or-record.ts';
import { leaseLost } from '../../operations/lease.ts';
import { encodeJsonl, readJson, readJsonl } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Ports } from '../../ports/ports.ts';
import { readCheckpoint } from '../engine/evaluate.ts';
import { gateFileKey } from '../engine/gate-file.ts';
import type { Stage } from '../engine/stage.ts';
import { type DecisionRef, decisionRefSchema, promotionSchema } from '../state/decision.ts';
import { gateFileSchema } from '../state/gate-result.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { splitSchema } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  split: splitSchema.pick({ evidence: true, people: true }),
  decision: decisionRefSchema,
});

/**
 * Freezes the records of the evidence with what the new champion got right out of fold, then moves the champion by
 * compare-and-set, under the lease's fencing token: a run whose lease was lost cannot promote. Both are made sure of
 * before anything is frozen too, and records count only with the promotion that they belong to, so that a refused one
 * leaves none to be held to. Who is promoted the gate's own file says: the decision only names it.
 * Where the model is deployed, the new champion is brought there. Where that fails it is the champion all the same: why
 * is kept, and the report and the run's result tell of it.
 * @throws RatchetError NotPassed, LeaseLost, ChampionMoved
 */
export const promoteChampion: Stage<z.infer<typeof inputSchema>, z.infer<typeof promotionSchema>> = {
  name: 'promote-champion',
  input: inputSchema,
  output: promotionSchema,
  async run({ run, lease, prepared, split, decision }, { ports }) {
    const plan = await readPlan(prepared, ports);
    const chosen = await passedByGate(run, decision, ports);
    const checkpoint = await readCheckpoint(run.modelId, chosen.checkpointId, ports);
    const { afterPromotion, canaryShare } = plan.model.settings;
    const promote = (control: Control): Control | null => {
      if (!holdsLease(control, run.runId, lease.fencingToken)) throw leaseLost(run);
      const last = control.moves.at(-1);
      if (control.championId === checkpoint.checkpointId && last?.by === run.runId) return null;
      if (control.championId !== plan.champion.checkpointId) {
        throw new RatchetError(
          'ChampionMoved',
          `The run measured against ${plan.champion.checkpointId}, but the champion is ${control.championId} by now.`,
        );
      }
      return moveChampion(control, {
        at: new Date(ports.clock.now()).toISOString(),
        to: checkpoint.checkpointId,
        kind: 'promote',
        by: run.runId,
        reason: decision.reason,
        people: split.people,
        watch: { share: afterPromotion === 'canary' ? canaryShare : null },
      });
    };
    promote(await readControl(run.modelId, ports));
    const frozen = await frozenRecords(split.evidence.key, chosen.answersKey, kindOf(plan.model, ports), ports);
    const frozenKey = `models/${run.modelId}/evaluation-sets/${checkpoint.checkpointId}/${run.runId}/records.v1.jsonl`;
    const bytes = encodeJsonl(frozen);
    await ports.objects.put(frozenKey, bytes);
    const set: EvaluationSet = {
      setId: shortDigest(run.modelId, checkpoint.checkpointId, run.runId, 'records', '1'),
      modelId: run.modelId,
      name: 'records',
      checkpointId: checkpoint.checkpointId,
      runId: run.runId,
      version: 1,
      key: frozenKey,
      digest: digest(bytes),
      size: frozen.length,
      right: frozen.filter((item) => item.right).length,
      createdAt: plan.run.startedAt,
    };
    await ports.lineage.putEvaluationSet(set);
    await updateControl(run.modelId, ports, promote);
    await deployOrRecord(run.modelId, ports);
    return { championId: checkpoint.checkpointId, frozenSets: [set.setId] };
  },
};

interface Passed {
  readonly checkpointId: string;
  /** Object key of its answers, as the gate has read them. */
  readonly answersKey: string;
}

/**
 * The candidate decided on, as the gate's own file has it: under the key where gate-candidates of this run alone
 * writes, whatever the stages between say of it. @throws RatchetError NotPassed
 */
async function passedByGate(run: RunRef, { chosen, iteration }: DecisionRef, ports: Ports): Promise<Passed> {
  const key = gateFileKey(run, iteration.number);
  const candidates =
    (await ports.objects.get(key)) === undefined ? [] : (await readJson(ports.objects, key, gateFileSchema)).candidates;
  const found = candidates.find(
    ({ candidate }) => candidate.candidateId === chosen?.candidateId && candidate.checkpointId === chosen.checkpointId,
  );
  if (found?.verdict.outcome === 'passed') {
    return { checkpointId: found.candidate.checkpointId, answersKey: found.answersKey };
  }
  const which = `Candidate ${chosen?.candidateId ?? '(none)'} of run ${run.runId}`;
  throw new RatchetError(
    'NotPassed',
    found === undefined
      ? `${which} was to be promoted, but the gate of iteration ${iteration.number} has not weighed it.`
      : `${which} was to be promoted, but the gate says ${found.verdict.outcome}.`,
  );
}

/** The records that triage kept and that the new champion has answered without having seen them. */
async function frozenRecords(
  evidenceKey: string,
  answersKey: string,
  kind: TaskKind,
  ports: Ports,
): Promise<EvaluationItem[]> {
  const records = await readJsonl(ports.objects, evidenceKey, evidenceRecordSchema);
  const answers = await readJsonl(ports.objects, answersKey, evaluationAnswerSchema);
  const answerTo = new Map(answers.map((answer) => [answer.exampleId, answer]));
  return records.flatMap(({ exampleId, input, expected, kept, fromJudge }) => {
    const now = answerTo.get(exampleId);
    if (!kept || now === undefined || !isWeighed(now)) return [];
    const { right, output } = now;
    const credit = kind.words.parts === undefined ? {} : { credit: creditOf(kind.grade(expected, output), right) };
    return [{ exampleId, input, expected, right, ...credit, ...(fromJudge && { fromJudge }) }];
  });
}
