import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { shortDigest } from '../../domain/base/ids.ts';
import {
  type EvaluationSet,
  type EvaluationSetName,
  evaluationItemSchema,
} from '../../domain/evaluation/evaluation-set.ts';
import { type Control, holdsLease, moveChampion } from '../../domain/models/control.ts';
import { readControl, updateControl } from '../../operations/control-item.ts';
import { leaseLost } from '../../operations/lease.ts';
import { readJsonl, writeJsonl } from '../../ports/documents.ts';
import { evaluate, readCheckpoint } from '../engine/evaluate.ts';
import type { Stage } from '../engine/stage.ts';
import { decisionRefSchema, promotionSchema } from '../state/decision.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { splitSchema } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  split: splitSchema.pick({ sets: true }),
  decision: decisionRefSchema,
});

/** The sets that later candidates are held to: what was decided on, never what is only reported. */
const frozenNames: ReadonlySet<EvaluationSetName> = new Set(['traffic-validation', 'regression']);

/**
 * Freezes the sets with what the new champion got right, then moves the champion by compare-and-set, under the lease's
 * fencing token: a run whose lease was lost cannot promote. Both are made sure of before anything is frozen too, and
 * sets count only with the promotion that they belong to, so that a refused one leaves no record to be held to.
 * @throws RatchetError LeaseLost, ChampionMoved
 */
export const promoteChampion: Stage<z.infer<typeof inputSchema>, z.infer<typeof promotionSchema>> = {
  name: 'promote-champion',
  input: inputSchema,
  output: promotionSchema,
  async run({ run, lease, prepared, split, decision }, { ports }) {
    const plan = await readPlan(prepared, ports);
    const chosen = decision.chosen;
    if (chosen === null) throw new Error('promote-champion was given no candidate');
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
      });
    };
    promote(await readControl(run.modelId, ports));
    const frozen: EvaluationSet[] = [];
    for (const ref of split.sets.filter((set) => frozenNames.has(set.name))) {
      const items = await readJsonl(ports.objects, ref.key, evaluationItemSchema);
      const answers = await evaluate(checkpoint, items, ports);
      const record = items.map((item, index) => ({ ...item, right: answers[index]?.right === true }));
      const frozenKey = `models/${run.modelId}/evaluation-sets/${checkpoint.checkpointId}/${run.runId}/${ref.name}.v1.jsonl`;
      await writeJsonl(ports.objects, frozenKey, record);
      const set: EvaluationSet = {
        setId: shortDigest(run.modelId, checkpoint.checkpointId, run.runId, ref.name, '1'),
        modelId: run.modelId,
        name: ref.name,
        checkpointId: checkpoint.checkpointId,
        runId: run.runId,
        version: 1,
        key: frozenKey,
        size: record.length,
        right: record.filter((item) => item.right).length,
        createdAt: plan.run.startedAt,
      };
      await ports.lineage.putEvaluationSet(set);
      frozen.push(set);
    }
    await updateControl(run.modelId, ports, promote);
    return { championId: checkpoint.checkpointId, frozenSets: frozen.map((set) => set.setId) };
  },
};
