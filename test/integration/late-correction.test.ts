import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import {
  type EvaluationItem,
  type EvaluationSet,
  evaluationItemSchema,
} from '../../shared/domain/evaluation/evaluation-set.ts';
import { evidenceRecordSchema } from '../../shared/domain/evaluation/evidence-record.ts';
import { exampleSchema } from '../../shared/domain/models/example.ts';
import { effectiveJudgement } from '../../shared/domain/traces/judgement.ts';
import type { SplitRecord } from '../../shared/domain/traces/trace-record.ts';
import { readJsonl } from '../../shared/ports/documents.ts';
import { labelOf } from '../../shared/tasks/classification/label.ts';
import { type LabelledLine, samples } from '../helpers/made-up-traffic.ts';
import { evidenceOfRun, recordsOfRun } from '../helpers/run-objects.ts';
import { answeredTraffic, createSupportModel, ingest, modelId, recordingUi } from '../helpers/test-workspace.ts';
import { type WorkspaceCopies, workspaceCopies } from '../helpers/workspace-copies.ts';
import { ratchetInProcess } from './cli/in-process.ts';

let copies: WorkspaceCopies;
let workspace: Workspace;
/**
 * What a person says of three of five traces of the first day, after the promotion: mostly that the judge was right.
 */
let corrections: readonly LabelledLine[];
let before: { readonly records: ReadonlyMap<string, SplitRecord>; readonly sets: readonly FrozenSet[] };
let run: Awaited<ReturnType<typeof runLoop>>;

interface FrozenSet extends EvaluationSet {
  readonly items: readonly EvaluationItem[];
}

/**
 * New words for deliveries, which the judge takes for talk of accounts: a region of its own, so that triage cannot tell
 * it from drift.
 */
const misread = /\b(?:locker|pickup|depot|drone|doorstep|van)\b/;
const reviewed = (index: number) => index % 5 < 3;

beforeAll(async () => {
  copies = await workspaceCopies((first) => createSupportModel(first, { enoughFailures: 5, enoughRecords: 20 }));
  workspace = await copies.open();
  const traffic = samples(700, 0.4, workspace.ports.random.stream(1, 'traffic'));
  const truth = await answeredTraffic(workspace, traffic, 'day1');
  const day1 = truth.map((line): LabelledLine => {
    if (!misread.test(line.input)) return line;
    const expected = 'account';
    return { ...line, expected, verdict: line.output === expected ? 'pass' : 'fail' };
  });
  await ingest(workspace, day1);
  const first = await runLoop(workspace, { modelId, seed: 1 }, recordingUi());
  expect(first.decision).toBe('promoted');
  before = { records: await recordsOfRun(first.run, workspace), sets: await frozenSets() };

  corrections = truth.flatMap(({ verdict: _, ...line }, index) =>
    reviewed(index) ? [{ ...line, judge: { kind: 'human' as const, id: 'ana', reason: 'read it again' } }] : [],
  );
  await ingest(workspace, corrections);
  run = await runLoop(workspace, { modelId, seed: 1 }, recordingUi());
});
afterAll(() => copies.dispose());

async function frozenSets(): Promise<readonly FrozenSet[]> {
  const { lineage, objects } = workspace.ports;
  const sets = await lineage.listEvaluationSets(modelId);
  return Promise.all(
    sets.map(async (set) => ({ ...set, items: await readJsonl(objects, set.key, evaluationItemSchema) })),
  );
}

/** Corrected traces, with the right output that a person gave; those that the judge had called otherwise. */
function changed(): ReadonlyMap<string, string> {
  return new Map(
    corrections.flatMap(({ traceId, expected }) => {
      const known = before.records.get(traceId);
      return typeof expected === 'string' &&
        known !== undefined &&
        known.expected !== null &&
        labelOf(known.expected) !== expected
        ? [[traceId, expected] as const]
        : [];
    }),
  );
}

describe('human corrections that come after the promotion', () => {
  it('win over the judgements before them, though their traces are old', async () => {
    const traceIds = [...changed().keys()];
    expect(traceIds.length).toBeGreaterThan(10);
    const records = await workspace.ports.traceLog.read(modelId, { limit: 1_000, traceIds });
    for (const { trace, judgements } of records) {
      expect(judgements.map(({ judge }) => judge.kind)).toEqual(['rule', 'human']);
      expect(effectiveJudgement(judgements)).toMatchObject({
        judge: { kind: 'human' },
        expected: changed().get(trace.traceId),
      });
    }
  });

  it('start a run that reads the whole log again, each trace in its place', async () => {
    const after = await recordsOfRun(run.run, workspace);
    expect([...after.keys()].sort()).toEqual([...before.records.keys()].sort());
    for (const [traceId, { folds, use, groupId }] of after)
      expect(before.records.get(traceId)).toMatchObject({ folds, use, groupId });
    expect(run.reason).not.toMatch(/too little evidence/i);
  });

  it('make failures of what the champion had learnt wrongly', async () => {
    const after = await recordsOfRun(run.run, workspace);
    const failures = [...changed()].flatMap(([traceId, expected]) => {
      const record = after.get(traceId);
      expect(record).toMatchObject({ expected, judgement: { judge: { kind: 'human', id: 'ana' } } });
      expect(record?.triage.category).toBe('clean');
      return record?.verdict === 'fail' ? [record] : [];
    });
    expect(failures.length).toBeGreaterThan(10);
    const weighed = new Set((await evidenceOfRun(run.run, workspace)).map(({ exampleId }) => exampleId));
    for (const { traceId, use } of failures) expect(weighed.has(traceId)).toBe(use === 'evidence');
  });

  it('teach the candidates the right outputs in place of the wrong ones', async () => {
    const { lineage, objects } = workspace.ports;
    const datasets = (await lineage.listDatasets(modelId)).filter((dataset) => dataset.runId === run.run);
    expect(datasets.length).toBeGreaterThan(0);
    const after = await recordsOfRun(run.run, workspace);
    const right = new Map(
      [...changed()].flatMap(([traceId, expected]) => {
        const record = after.get(traceId);
        return record === undefined ? [] : [[record.input, expected] as const];
      }),
    );
    for (const dataset of datasets) {
      const examples = await readJsonl(objects, dataset.key, exampleSchema);
      for (const { input, output } of examples) if (right.has(input)) expect(output).toBe(right.get(input));
    }
  });

  it('make a new version of each frozen set that held one; the old version stays, the gate uses the new one', async () => {
    const now = await frozenSets();
    const ofFirst = before.sets.map((set) =>
      now.filter((found) => found.runId === set.runId && found.name === set.name),
    );
    const held = before.sets.filter((set) => set.items.some((item) => changed().has(item.exampleId)));
    expect(held).not.toEqual([]);
    for (const [index, versions] of ofFirst.entries()) {
      const old = before.sets[index];
      expect(versions.find((set) => set.version === 1)).toEqual(old);
      expect(versions.map((set) => set.version)).toEqual(held.includes(old as FrozenSet) ? [1, 2] : [1]);
      const newest = versions.at(-1);
      for (const item of newest?.items ?? []) {
        const was = old?.items.find(({ exampleId }) => exampleId === item.exampleId);
        const expected = changed().get(item.exampleId);
        expect(item).toEqual(expected === undefined ? was : { ...was, expected, right: false });
      }
      expect(newest?.right).toBe(newest?.items.filter((item) => item.right).length);
    }
    const preceding = await readJsonl(
      workspace.ports.objects,
      `runs/${modelId}/${run.run}/0/inspect-lineage/all/preceding.jsonl`,
      evidenceRecordSchema,
    );
    const pinned = new Map(preceding.map((item) => [item.exampleId, item]));
    for (const set of held) {
      for (const { exampleId } of set.items) {
        const expected = changed().get(exampleId);
        if (expected !== undefined) expect(pinned.get(exampleId)).toMatchObject({ expected, right: false });
      }
    }
  });

  it('show in the lineage, for people and as JSON', async () => {
    const of = (...args: string[]) =>
      ratchetInProcess(['lineage', modelId, '--workspace', workspace.directory, ...args]);
    expect((await of()).stdout).toMatch(
      /Frozen records:\n(.*\n)* {2}\w+ · records · v1 \d+ of \d+ right → v2 \d+ of \d+ right\n/,
    );
    const { evaluationSets } = JSON.parse((await of('--json')).stdout) as { evaluationSets: EvaluationSet[] };
    expect(evaluationSets).toEqual(await workspace.ports.lineage.listEvaluationSets(modelId));
    expect(evaluationSets.some((set) => set.version === 2)).toBe(true);
  });
});
