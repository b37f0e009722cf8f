import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { digest, shortDigest } from '../../domain/base/ids.ts';
import {
  type EvaluationItem,
  type EvaluationSet,
  evaluationAnswerSchema,
} from '../../domain/evaluation/evaluation-set.ts';
import { evidenceRecordSchema } from '../../domain/evaluation/evidence-record.ts';
import { type Control, holdsLease, moveChampion } from '../../domain/models/control.ts';
import { readControl, updateControl } from '../../operations/control-item.ts';
import { leaseLost } from '../../operations/lease.ts';
import { encodeJsonl, readJsonl } from '../../ports/documents.ts';
import type { Ports } from '../../ports/ports.ts';
import { readCheckpoint } from '../engine/evaluate.ts';
import type { Stage } from '../engine/stage.ts';
import { decisionRefSchema, promotionSchema } from '../state/decision.ts';
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
 * leaves none to be held to.
 * @throws RatchetError LeaseLost, ChampionMoved
 */
export const promoteChampion: Stage<z.infer<typeof inputSchema>, z.infer<typeof promotionSchema>> = {
  name: 'promote-champion',
  input: inputSchema,
  output: promotionSchema,
  async run({ run, lease, prepared, split, decision }, { ports }) {
    const plan = await readPlan(prepared, ports);
    const chosen = decision.chosen;
    if (chosen === null || decision.answersKey === null) throw new Error('promote-champion was given no candidate');
    const checkpoint = await readCheckpoint(run.modelId, chosen.checkpointId, ports);
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
      });
    };
    promote(await readControl(run.modelId, ports));
    const frozen = await frozenRecords(split.evidence.key, decision.answersKey, ports);
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
    return { championId: checkpoint.checkpointId, frozenSets: [set.setId] };
  },
};

/** The records that triage kept and that the new champion has answered without having seen them. */
async function frozenRecords(evidenceKey: string, answersKey: string, ports: Ports): Promise<EvaluationItem[]> {
  const records = await readJsonl(ports.objects, evidenceKey, evidenceRecordSchema);
  const answers = await readJsonl(ports.objects, answersKey, evaluationAnswerSchema);
  const right = new Map(answers.map((answer) => [answer.exampleId, answer.right]));
  return records.flatMap(({ exampleId, input, expected, kept }) => {
    const now = right.get(exampleId);
    return kept && now !== undefined ? [{ exampleId, input, expected, right: now }] : [];
  });
}
