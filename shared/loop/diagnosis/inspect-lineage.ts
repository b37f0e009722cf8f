import { z } from 'zod';
import { digest, shortDigest } from '../../domain/base/ids.ts';
import type { Output } from '../../domain/base/output.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { EvaluationItem, EvaluationSet } from '../../domain/evaluation/evaluation-set.ts';
import type { EvidenceRecord } from '../../domain/evaluation/evidence-record.ts';
import { applyCorrections, itemsToday, pool } from '../../domain/evaluation/frozen-records.ts';
import { assignPlaces } from '../../domain/evaluation/ledger.ts';
import { readThrough } from '../../domain/traces/read-through.ts';
import { whatCounts } from '../../domain/traces/what-counts.ts';
import { readLedger } from '../../operations/fold-ledger.ts';
import { checkLease } from '../../operations/lease.ts';
import { readFrozenSet } from '../../operations/stored-records.ts';
import { encodeJsonl, writeJsonl } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Ports } from '../../ports/ports.ts';
import { readingOf } from '../../ports/reading-of.ts';
import type { Stage } from '../engine/stage.ts';
import { type FrozenRef, type Lineage, lineageSchema } from '../state/lineage.ts';
import { preparedSchema, type RunPlan, readPlan } from '../state/run-plan.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({ ...stageHead, prepared: preparedSchema });

/** Looks at what the champion comes from: its dataset, and the frozen records that a candidate must not lose. */
export const inspectLineage: Stage<z.infer<typeof inputSchema>, Lineage> = {
  name: 'inspect-lineage',
  input: inputSchema,
  output: lineageSchema,
  async run({ run, lease, prepared }, { ports, key }) {
    const plan = await readPlan(prepared, ports);
    await checkLease({ run, lease }, ports);
    const kind = kindOf(plan.model, ports);
    const current = await correctFrozenSets(plan, kind, ports);
    const ofChampion = current.filter(({ set }) => set.checkpointId === plan.champion.checkpointId);
    const ofEarlier = current.filter(({ set }) => set.checkpointId !== plan.champion.checkpointId);
    return {
      champion: plan.champion.parentId === null ? 'first' : 'fine-tuned',
      parentDatasetId: plan.parentDataset.datasetId,
      parentExamples: plan.parentDataset.manifest.examples,
      modes: plan.parentDataset.manifest.examples > 0 ? ['extend'] : ['complement'],
      preceding: await writeFrozen(key('preceding.jsonl'), poolOf(ofChampion, kind), plan, ports),
      earlier: await writeFrozen(key('earlier.jsonl'), poolOf(ofEarlier, kind), plan, ports),
      correctedSets: current.filter(({ corrected }) => corrected).length,
    };
  },
};

interface FrozenSet {
  readonly set: EvaluationSet;
  readonly items: readonly EvaluationItem[];
  readonly corrected: boolean;
}

function poolOf(sets: readonly FrozenSet[], kind: TaskKind): readonly EvaluationItem[] {
  return pool(
    sets.map(({ items }) => items),
    kind,
  );
}

/**
 * Reads the frozen sets, in the labels of today; one that holds an example whose right answer a person has since corrected gets a new version.
 */
async function correctFrozenSets(plan: RunPlan, kind: TaskKind, ports: Ports): Promise<FrozenSet[]> {
  const reading = readingOf(plan.model, ports);
  const frozen = await Promise.all(
    plan.frozenSets.map(async (set) => ({
      set,
      items: itemsToday(await readFrozenSet(set, ports), reading),
    })),
  );
  const corrections = await humanCorrections(
    plan,
    new Set(frozen.flatMap(({ items }) => items.map((item) => item.exampleId))),
    ports,
  );
  const current: FrozenSet[] = [];
  for (const { set, items } of frozen) {
    const corrected = applyCorrections(items, corrections, kind);
    if (corrected === null) {
      current.push({ set, items, corrected: false });
      continue;
    }
    const version = set.version + 1;
    const bytes = encodeJsonl(corrected);
    const next: EvaluationSet = {
      ...set,
      setId: shortDigest(set.setId, String(version), plan.run.runId),
      version,
      key: set.key.replace(/\.v\d+\.jsonl$/, `.v${version}.jsonl`),
      digest: digest(bytes),
      right: corrected.filter((item) => item.right).length,
      createdAt: plan.run.startedAt,
    };
    await ports.objects.put(next.key, bytes);
    await ports.lineage.putEvaluationSet(next);
    current.push({ set: next, items: corrected, corrected: true });
  }
  return current;
}

async function humanCorrections(
  plan: RunPlan,
  traceIds: ReadonlySet<string>,
  ports: Ports,
): Promise<ReadonlyMap<string, Output>> {
  if (traceIds.size === 0) return new Map();
  const [kind, reading] = [kindOf(plan.model, ports), readingOf(plan.model, ports)];
  const records = await ports.traceLog.read(plan.model.modelId, {
    limit: traceIds.size,
    ...(plan.run.begun?.batches == null ? {} : { through: plan.run.begun.batches }),
    traceIds: [...traceIds],
  });
  return new Map(
    records.flatMap((logged) => {
      const read = readThrough(logged, kind, reading);
      const { trace } = read;
      const found = whatCounts(read, plan.model.task, kind);
      if (found.kind !== 'counts' || found.judgement.judge.kind !== 'human') return [];
      const { judgement } = found;
      const expected = judgement.expected ?? (judgement.verdict === 'pass' ? trace.output : null);
      return expected === null ? [] : [[trace.traceId, expected] as const];
    }),
  );
}

/** Frozen records in their places; those that no model can answer any more without having seen them are left out. */
async function writeFrozen(
  key: string,
  items: readonly EvaluationItem[],
  { model }: RunPlan,
  ports: Ports,
): Promise<FrozenRef> {
  const { places } = assignPlaces({
    ledger: await readLedger(model.modelId, model.splitSalt, null, ports),
    items: items.map(({ exampleId, input }) => ({ id: exampleId, input })),
    salt: model.splitSalt,
    reportShare: 0,
  });
  const records = items.flatMap((item): EvidenceRecord[] => {
    const place = places.get(item.exampleId);
    if (place?.use !== 'evidence') return [];
    return [{ ...item, groupId: place.groupId, folds: place.folds, kept: true, answer: null }];
  });
  await writeJsonl(ports.objects, key, records);
  return { key, size: records.length, right: records.filter((record) => record.right).length };
}
