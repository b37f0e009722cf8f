import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { evaluationItemSchema } from '../../shared/domain/evaluation/evaluation-set.ts';
import type { Settings } from '../../shared/domain/models/settings.ts';
import { decideNext } from '../../shared/loop/decision/decide-next.ts';
import { gateCandidates } from '../../shared/loop/decision/gate-candidates.ts';
import { candidatePlanSchema, evaluatedSchema } from '../../shared/loop/state/evaluation.ts';
import { gateFileSchema, gateSchema } from '../../shared/loop/state/gate-result.ts';
import { historySchema } from '../../shared/loop/state/iteration.ts';
import { lineageSchema } from '../../shared/loop/state/lineage.ts';
import { snapshotSchema } from '../../shared/loop/state/snapshot.ts';
import { splitSchema } from '../../shared/loop/state/split.ts';
import { acquireLease } from '../../shared/operations/lease.ts';
import { readJson, readJsonl } from '../../shared/ports/documents.ts';
import type { Trainer } from '../../shared/ports/trainer.ts';
import { completeStage } from '../helpers/complete-stage.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import { answersRight, type PlantedSkill, plantedBackEnd, withPlantedBackEnd } from '../helpers/planted-back-end.ts';
import { createModelOf, judgedInputs } from '../helpers/planted-traffic.ts';
import { championOf, ingest, makeWorkspace, modelId, recordingUi } from '../helpers/test-workspace.ts';

const disposables: { dispose(): Promise<void> }[] = [];
afterEach(async () => {
  for (const disposable of disposables.splice(0)) await disposable.dispose();
});

const champion: PlantedSkill = { fails: 0.2, fixes: 0, breaks: 0 };

/** A run whose candidates all have this skill, where the champion fails a fifth of the traffic. */
async function runWith(candidates: PlantedSkill, settings: Partial<Settings> = {}, cost: Trainer['cost'] = 'cheap') {
  const plain = await makeWorkspace();
  disposables.push(plain);
  const random = plain.ports.random.stream(2, 'planted');
  const examples = samples(30, 0, random);
  const traffic = samples(1_500, 0, random);
  const skill = { of: champion };
  const truth = new Map([...examples, ...traffic].map(({ input, output }) => [input, output]));
  const workspace = withPlantedBackEnd(plain, truth, skill, cost);
  await createModelOf(examples, workspace, { backEnd: plantedBackEnd, settings: { targetScore: 0.9, ...settings } });
  await ingest(workspace, judgedInputs(traffic, 'day1', 'rule'));
  const before = (await championOf(workspace)).checkpointId;
  skill.of = candidates;
  return { workspace, before, result: await runLoop(workspace, { modelId, seed: 1 }, recordingUi()) };
}

async function outputOf<T>(stage: string, run: string, schema: z.ZodType<T>, { ports }: Workspace): Promise<T[]> {
  const keys = await ports.objects.list(`runs/${modelId}/${run}/`);
  const records = keys.filter((key) => key.includes(`/${stage}/`) && key.endsWith('/completed.json'));
  return Promise.all(
    records.map(async (key) => (await readJson(ports.objects, key, z.object({ output: schema }))).output),
  );
}

async function only<T>(outputs: Promise<T[]>): Promise<T> {
  const [first] = await outputs;
  if (first === undefined) throw new Error('the stage did not run');
  return first;
}

/** Which rules of the gate each candidate of the run met. */
async function rulesOf(run: string, workspace: Workspace) {
  const { gateKey } = await only(outputOf('gate-candidates', run, gateSchema, workspace));
  const { candidates } = await readJson(workspace.ports.objects, gateKey, gateFileSchema);
  return candidates.map(({ verdict }) => Object.fromEntries(verdict.rules.map(({ rule, passed }) => [rule, passed])));
}

/** What the rules say of a candidate that passes. */
const allHold = { gain: true, memory: true, labels: true, evidence: true, fit: true };

describe('the gate in the loop, with candidates whose answers are known', () => {
  it('refuses a candidate that fixes some and breaks as many', async () => {
    const { workspace, before, result } = await runWith({ fails: 0.2, fixes: 0.1, breaks: 0.04 });
    expect(result).toMatchObject({ decision: 'kept', champion: before });
    expect(result.reason).toMatch(/wrong where it is right \d+ times.*no gain/);
    for (const rules of await rulesOf(result.run, workspace))
      expect(rules).toMatchObject({ gain: false, memory: true, evidence: true });
    expect((await championOf(workspace)).checkpointId).toBe(before);
    expect(await workspace.ports.lineage.listEvaluationSets(modelId)).toEqual([]);
  });

  it('promotes a candidate that fixes much and breaks none, and freezes what it has right', async () => {
    const better: PlantedSkill = { fails: 0.2, fixes: 0.9, breaks: 0 };
    const { workspace, before, result } = await runWith(better);
    expect(result.decision).toBe('promoted');
    expect(result.champion).not.toBe(before);
    expect((await championOf(workspace)).checkpointId).toBe(result.champion);
    for (const rules of await rulesOf(result.run, workspace)) expect(rules).toEqual(allHold);

    const frozen = await workspace.ports.lineage.listEvaluationSets(modelId);
    expect(frozen.map(({ name, checkpointId }) => [name, checkpointId])).toEqual([['records', result.champion]]);
    for (const set of frozen) {
      const items = await readJsonl(workspace.ports.objects, set.key, evaluationItemSchema);
      expect(items.length).toBeGreaterThan(1_400);
      for (const { input, right } of items) expect([input, right]).toEqual([input, answersRight(input, better)]);
    }
  });

  it('neither promotes nor rejects the same candidate on too little evidence', async () => {
    const { workspace, result } = await runWith({ fails: 0.2, fixes: 0.9, breaks: 0 });
    const { ports, owner } = workspace;
    const run = { runId: result.run, modelId, seed: 1 };
    const lease = await acquireLease(run, owner, 15, ports);
    const head = { run, lease, iteration: 1, item: 'replayed' };
    const { prepared } = await only(outputOf('prepare-run', result.run, snapshotSchema, workspace));
    const { shards: _, ...split } = await only(outputOf('split-traces', result.run, splitSchema, workspace));
    const { output: gate } = await completeStage(
      gateCandidates,
      {
        ...head,
        prepared,
        split: { ...split, failures: 19 },
        lineage: await only(outputOf('inspect-lineage', result.run, lineageSchema, workspace)),
        candidates: (await only(outputOf('plan-candidates', result.run, candidatePlanSchema, workspace))).candidates,
        evaluated: await outputOf('evaluate-candidates', result.run, evaluatedSchema, workspace),
      },
      ports,
    );
    expect(gate.outcome).toBe('too-little-evidence');

    const keys = await ports.objects.list(`runs/${modelId}/${result.run}/`);
    const taxonomyKey = keys.find((key) => key.endsWith('/taxonomy.json')) ?? '';
    const step = { number: 1, kind: 'first', move: 'first', historyKey: null } as const;
    const given = { ...head, prepared, split: { recordsKey: split.recordsKey }, taxonomyKey, step, gate };
    const { output: decision } = await completeStage(decideNext, given, ports);
    expect(decision.next).toBe('keep');
    expect(decision.reason).toMatch(/too little evidence/i);
  });

  it('sees one candidate an iteration of a dear trainer, with each configuration that a tuning move left in the next', async () => {
    // A critical label with too few records to tell holds every candidate back, however much it gains.
    const settings = { maxIterations: 3, critical: ['refund'], enoughCritical: 5_000 };
    const { workspace, result } = await runWith({ fails: 0.2, fixes: 0.4, breaks: 0 }, settings, 'dear');
    const { objects } = workspace.ports;
    const plans = await outputOf('plan-candidates', result.run, candidatePlanSchema, workspace);
    expect(plans.map(({ candidates }) => candidates.length)).toEqual([1, 1, 1]);
    const keys = (await objects.list(`runs/${modelId}/${result.run}/3/`)).filter((key) =>
      key.endsWith('/history.json'),
    );
    const { iterations, tried } = await readJson(objects, keys[0] ?? '', historySchema);
    expect(iterations.map(({ kind }) => kind)).toEqual(['first', 'tune', 'tune']);
    expect(new Set(tried.map((configuration) => JSON.stringify(configuration))).size).toBe(3);
  });

  it('does not reach the gate when the snapshot has too little evidence', async () => {
    const { workspace, before, result } = await runWith(
      { fails: 0.2, fixes: 0.9, breaks: 0 },
      { enoughRecords: 5_000 },
    );
    expect(result).toMatchObject({ decision: 'kept', champion: before });
    expect(result.reason).toMatch(/too little evidence: \d+ records of evidence, 5000 are needed/i);
    expect(await outputOf('gate-candidates', result.run, gateSchema, workspace)).toEqual([]);
  });
});
