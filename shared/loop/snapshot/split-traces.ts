import { z } from 'zod';
import { partSize, partsOf } from '../../domain/base/part-size.ts';
import { diagnosisPart } from '../../domain/diagnosis/diagnosis-part.ts';
import { evidenceOf } from '../../domain/evaluation/evidence-record.ts';
import { honestModel } from '../../domain/models/fold-models.ts';
import { isUsableRecord, type SplitRecord, trains, triagedRecordSchema } from '../../domain/traces/trace-record.ts';
import { readJsonl, writeJsonl } from '../../ports/documents.ts';
import type { Stage } from '../engine/stage.ts';
import { mostShards } from '../state/limits.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { type Split, type shardSchema, splitSchema } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';
import { triagedSchema } from '../state/triaged.ts';

const inputSchema = z.strictObject({ ...stageHead, prepared: preparedSchema, triaged: triagedSchema });

/** Puts aside what candidates are weighed by, and divides the records for the diagnosis, in shards. */
export const splitTraces: Stage<z.infer<typeof inputSchema>, Split> = {
  name: 'split-traces',
  input: inputSchema,
  output: splitSchema,
  async run({ prepared, triaged }, { ports, key }) {
    const { model, champion } = await readPlan(prepared, ports);
    const records = (await readJsonl(ports.objects, triaged.triagedKey, triagedRecordSchema)).map(
      (record): SplitRecord => ({ ...record, part: diagnosisPart(record.groupId, model.splitSalt) }),
    );
    const recordsKey = key('records.jsonl');
    await writeJsonl(ports.objects, recordsKey, records);

    const evidence = evidenceOf(records, (record) => honestModel(record, champion) !== null);
    const evidenceKey = key('evidence.jsonl');
    await writeJsonl(ports.objects, evidenceKey, evidence);
    const kept = evidence.filter((record) => record.kept);

    const usable = records.filter(isUsableRecord).filter(trains);
    const discovery = usable.filter((record) => record.part === 'discovery');
    const shards: z.infer<typeof shardSchema>[] = [];
    const size = partSize(discovery.length, model.settings.shardSize, mostShards);
    for (const [index, shard] of partsOf(discovery, size).entries()) {
      const shardId = `shard-${String(index).padStart(4, '0')}`;
      const shardKey = key(`${shardId}.jsonl`);
      await writeJsonl(ports.objects, shardKey, shard);
      shards.push({ shardId, key: shardKey, records: shard.length });
    }

    const failures = usable.filter((record) => record.verdict === 'fail').length;
    const { enoughFailures, enoughRecords } = model.settings;
    const missing = [
      ...(failures < enoughFailures
        ? [`${failures} failures after triage with a known right answer, ${enoughFailures} are needed`]
        : []),
      ...(kept.length < enoughRecords ? [`${kept.length} records of evidence, ${enoughRecords} are needed`] : []),
    ].join('; ');
    return {
      recordsKey,
      evidence: { key: evidenceKey, size: kept.length, right: kept.filter(({ right }) => right).length },
      shards,
      failures,
      enoughEvidence: missing === '',
      reason: missing === '' ? null : missing,
    };
  },
};
