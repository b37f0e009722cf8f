import { z } from 'zod';
import { acceptedExampleSchema } from '../../domain/curriculum/proposed-examples.ts';
import type { Probe } from '../../domain/diagnosis/probe.ts';
import type { Cluster } from '../../domain/diagnosis/taxonomy.ts';
import { writerSchema } from '../../domain/models/example.ts';
import type { UsableRecord } from '../../domain/traces/trace-record.ts';
import type { ExampleRequest, WrittenExample } from '../../ports/analyst.ts';
import { analystNamed } from '../../ports/back-ends.ts';
import { readJsonl, writeJsonl } from '../../ports/documents.ts';
import { analystRun } from '../engine/analyst-run.ts';
import { goOn } from '../engine/go-on.ts';
import { type StageContext, stageKey, Unfinished } from '../engine/stage.ts';
import type { IterationRef } from '../state/iteration.ts';
import type { Lineage } from '../state/lineage.ts';
import type { RunPlan } from '../state/run-plan.ts';
import type { StageHead } from '../state/stage-head.ts';

const file = 'written.jsonl';
const writtenSchema = acceptedExampleSchema.extend({ by: writerSchema });

interface Writing {
  readonly input: StageHead & {
    readonly split: { readonly recordsKey: string };
    readonly step: IterationRef;
    readonly lineage: Pick<Lineage, 'preceding' | 'earlier'>;
  };
  readonly plan: RunPlan;
  readonly cluster: Cluster;
  /** Whether probes found no systematic weakness in the cluster. */
  readonly isRefuted: boolean;
  /** Failures to write after, those that remain in an augmenting iteration. */
  readonly members: readonly UsableRecord[];
  /** Passes that the failures are taken for. */
  readonly passes: readonly UsableRecord[];
  readonly failingProbes: readonly Probe[];
}

/**
 * What the model's analyst writes for a cluster, beside what it wrote in the first iteration; nothing where it writes
 * none, and for a cluster that probes refuted.
 * @returns the examples, or what the stage is to return for now
 */
export async function writtenFor(
  writing: Writing,
  context: StageContext,
): Promise<readonly WrittenExample[] | Unfinished> {
  const { input, plan, cluster, isRefuted, members, passes, failingProbes } = writing;
  const { ports, key } = context;
  const { step } = input;
  const firstKey = stageKey('synthesize-curriculum', { ...input, iteration: 1 }, file);
  const before = step.kind === 'first' ? [] : await writtenBefore(firstKey, ports);
  if (step.kind !== 'first' && step.kind !== 'augment') return before;
  const { examples } = analystNamed(plan.model.analyst, ports);
  if (examples === undefined || isRefuted) return before;
  const { preceding, earlier } = input.lineage;
  const request = (): ExampleRequest => ({
    run: analystRun(plan),
    task: plan.model.task,
    cluster,
    members,
    passes,
    failingProbes,
    onRecord: [
      input.split.recordsKey,
      plan.parentExamplesKey,
      preceding.key,
      earlier.key,
      ...(before.length > 0 ? [firstKey] : []),
    ],
  });
  const progress = await goOn(examples, key('examples'), request, context);
  if (progress instanceof Unfinished) return progress;
  await writeJsonl(ports.objects, key(file), progress.value);
  return [...before, ...progress.value];
}

async function writtenBefore(key: string, { objects }: StageContext['ports']): Promise<readonly WrittenExample[]> {
  if ((await objects.get(key)) === undefined) return [];
  return readJsonl(objects, key, z.strictObject(writtenSchema.shape));
}
