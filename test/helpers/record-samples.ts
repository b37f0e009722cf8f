import type { EvidenceRecord } from '../../shared/domain/evaluation/evidence-record.ts';
import type { SplitRecord } from '../../shared/domain/traces/trace-record.ts';
import type { RunPlan } from '../../shared/loop/state/run-plan.ts';
import type { StageHead } from '../../shared/loop/state/stage-head.ts';
import { writeJson } from '../../shared/ports/documents.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';
import { sampleCheckpoint, sampleDataset, sampleModel, sampleRun } from './lineage-samples.ts';

/** A judged record that is evidence in fold 0 and passes; in the terms of every stage before. */
export function sampleRecord(traceId: string, change: Partial<SplitRecord> = {}): SplitRecord {
  const judge = { kind: 'llm', id: 'judge', reason: '' } as const;
  return {
    traceId,
    groupId: `group of ${traceId}`,
    folds: [0],
    use: 'evidence',
    timestamp: '2026-01-01T00:00:00.000Z',
    input: `text of ${traceId}`,
    slice: null,
    steps: null,
    recorded: labelOutput('spam'),
    judgement: { verdict: 'pass', expected: labelOutput('spam'), judge },
    answer: labelOutput('spam'),
    confidence: 0.9,
    runnerUp: null,
    verdict: 'pass',
    expected: labelOutput('spam'),
    judgedBy: judge,
    triage: { category: 'clean', kind: 'none', reason: '' },
    part: 'discovery',
    ...change,
  };
}

/** A record of the evidence in fold 0 that the champion has right. */
export function sampleEvidence(exampleId: string, change: Partial<EvidenceRecord> = {}): EvidenceRecord {
  return {
    exampleId,
    input: `text of ${exampleId}`,
    expected: labelOutput('spam'),
    right: true,
    groupId: `group of ${exampleId}`,
    folds: [0],
    kept: true,
    answer: labelOutput('spam'),
    ...change,
  };
}

export function samplePlan(change: Partial<RunPlan> = {}): RunPlan {
  return {
    run: sampleRun(),
    model: sampleModel(),
    champion: sampleCheckpoint(),
    parentDataset: sampleDataset(),
    parentExamplesKey: 'parent-examples.jsonl',
    parts: 10,
    frozenSets: [],
    logVersion: '',
    ...change,
  };
}

/** Where {@link putPlan} writes the plan. */
export const samplePrepared = { planKey: 'plan.json', championId: 'c1', traces: 10 } as const;

/** Pins a run's plan; its model is registered, with its champion. */
export async function putPlan(
  ports: Pick<Ports, 'lineage' | 'objects'>,
  change: Partial<RunPlan> = {},
): Promise<RunPlan> {
  const plan = samplePlan(change);
  await ports.lineage.createModel(plan.model);
  await ports.lineage.putCheckpoint(plan.champion);
  await writeJson(ports.objects, samplePrepared.planKey, plan);
  return plan;
}

/** What a stage's input begins with, in the run of {@link samplePlan}. */
export const sampleHead = {
  run: { runId: 'r1', modelId: 'm1', seed: 7 },
  lease: { owner: 'test', fencingToken: 1 },
  iteration: 1,
  item: 'all',
} satisfies StageHead;
