import { z } from 'zod';
import { partSize, partsOf } from '../../domain/base/part-size.ts';
import { diagnosisPart } from '../../domain/diagnosis/diagnosis-part.ts';
import { buildEvaluationSets } from '../../domain/evaluation/build-evaluation-sets.ts';
import { evaluationSetNameSchema } from '../../domain/evaluation/evaluation-set.ts';
import { assignSides } from '../../domain/evaluation/splits.ts';
import { isUsableRecord, type SidedRecord, triagedRecordSchema } from '../../domain/traces/trace-record.ts';
import { checkLease } from '../../operations/lease.ts';
import { readLedger, writeLedgerSegment } from '../../operations/split-ledger.ts';
import { readJsonl, writeJsonl } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Stage } from '../engine/stage.ts';
import { mostShards } from '../state/limits.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { type SetRef, type Split, type shardSchema, sizeOf, splitSchema } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';
import { triagedSchema } from '../state/triaged.ts';

const inputSchema = z.strictObject({ ...stageHead, prepared: preparedSchema, triaged: triagedSchema });

/** Puts each near-duplicate group on its side for the life of the model, and makes the run's evaluation sets. */
export const splitTraces: Stage<z.infer<typeof inputSchema>, Split> = {
  name: 'split-traces',
  input: inputSchema,
  output: splitSchema,
  async run({ run, lease, prepared, triaged }, { ports, key }) {
    const { model } = await readPlan(prepared, ports);
    const records = await readJsonl(ports.objects, triaged.triagedKey, triagedRecordSchema);
    const { sides, additions } = assignSides({
      ledger: await readLedger(model.modelId, run.runId, ports),
      items: records.filter(isUsableRecord).map((record) => ({ id: record.traceId, input: record.input })),
      salt: model.splitSalt,
    });
    await checkLease({ run, lease }, ports);
    await writeLedgerSegment(model.modelId, run.runId, additions, ports);
    const sided = records.map((record): SidedRecord => {
      const assigned = sides.get(record.traceId);
      return {
        ...record,
        side: assigned?.side ?? 'none',
        part: diagnosisPart(assigned?.groupId ?? '', model.splitSalt),
      };
    });
    const sidedKey = key('sided.jsonl');
    await writeJsonl(ports.objects, sidedKey, sided);

    const usable = sided.filter(isUsableRecord);
    const sets: SetRef[] = [];
    const built = buildEvaluationSets(usable, model.settings, model.splitSalt, kindOf(model, ports));
    for (const name of evaluationSetNameSchema.options) {
      const items = built[name];
      const setKey = key(`${name}.jsonl`);
      await writeJsonl(ports.objects, setKey, items);
      sets.push({ name, key: setKey, size: items.length, right: items.filter((item) => item.right).length });
    }

    const training = usable.filter((record) => record.side === 'train' && record.part === 'discovery');
    const shards: z.infer<typeof shardSchema>[] = [];
    const size = partSize(training.length, model.settings.shardSize, mostShards);
    for (const [index, shard] of partsOf(training, size).entries()) {
      const shardId = `shard-${String(index).padStart(4, '0')}`;
      const shardKey = key(`${shardId}.jsonl`);
      await writeJsonl(ports.objects, shardKey, shard);
      shards.push({ shardId, key: shardKey, records: shard.length });
    }

    const failures = usable.filter((record) => record.verdict === 'fail').length;
    const missing = missingEvidence(
      { failures, traffic: sizeOf(sets, 'traffic-validation'), regression: sizeOf(sets, 'regression') },
      {
        failures: model.settings.enoughFailures,
        traffic: model.settings.enoughTraffic,
        regression: model.settings.enoughRegression,
      },
    );
    return { sidedKey, sets, shards, failures, enoughEvidence: missing === null, reason: missing };
  },
};

function missingEvidence(have: Evidence, wanted: Evidence): string | null {
  const missing = (
    [
      ['failures', 'failures after triage'],
      ['traffic', 'traces in traffic-validation'],
      ['regression', 'passes in the regression set'],
    ] as const
  )
    .filter(([part]) => have[part] < wanted[part])
    .map(([part, name]) => `${have[part]} ${name}, ${wanted[part]} are needed`)
    .join('; ');
  return missing === '' ? null : missing;
}

interface Evidence {
  readonly failures: number;
  readonly traffic: number;
  readonly regression: number;
}
