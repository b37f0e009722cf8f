import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import { openWorkspace, type Workspace } from '../../cli/workspace.ts';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { evaluationItemSchema } from '../../shared/domain/evaluation/evaluation-set.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import { readJsonl, writeJsonl } from '../../shared/ports/documents.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';
import { labels, type Sample, samples } from '../helpers/made-up-traffic.ts';
import { fillOldWorkspace, forgetFolds, frozenKey, sideOf } from '../helpers/old-workspace.ts';
import { labelOrNull } from '../helpers/outputs.ts';
import { datasetsOfRun, evidenceOfRun, recordsOfRun, trainedNearEvidence } from '../helpers/run-objects.ts';
import { answeredTraffic, championOf, ingest, modelId, recordingUi } from '../helpers/test-workspace.ts';
import { type WorkspaceCopies, workspaceCopies } from '../helpers/workspace-copies.ts';

const random = new SeededRandom();
const day1 = samples(500, 0.4, random.stream(1, 'day1'));
/** Half of it in words that no day before has had. */
const day2 = samples(500, 0.4, random.stream(2, 'day2')).map(inOtherWords);

function inOtherWords({ input, output }: Sample, at: number): Sample {
  if (at % 2 === 0) return { input, output };
  return {
    input: input
      .split(' ')
      .map((word) => [...word].reverse().join(''))
      .join(' '),
    output,
  };
}

/** The next vowel or the next consonant, so that words stay words. */
const nextLetter = new Map(
  ['aeiou', 'bcdfghjklmnpqrstvwxyz'].flatMap((letters) =>
    [...letters].map((letter, at) => [letter, letters[(at + 1) % letters.length] ?? ''] as const),
  ),
);

let copies: WorkspaceCopies;
const opened: Workspace[] = [];

beforeAll(async () => {
  copies = await workspaceCopies((workspace) => fillOldWorkspace(workspace, day1));
});
afterAll(async () => {
  for (const workspace of opened) await workspace.close();
  await copies.dispose();
});

/** A copy of the workspace of before. */
async function before(): Promise<Workspace> {
  const directory = await copies.copy();
  forgetFolds(directory);
  const workspace = await openWorkspace(directory, { observer: { progress: () => undefined, note: () => undefined } });
  opened.push(workspace);
  return workspace;
}

async function improve(workspace: Workspace, traffic: readonly Sample[], prefix: string) {
  await ingest(workspace, await answeredTraffic(workspace, traffic, prefix));
  return runLoop(workspace, { modelId, seed: 1 }, recordingUi());
}

async function accuracy(workspace: Workspace): Promise<number> {
  const fresh = samples(300, 0.4, random.stream(3, 'fresh')).map(inOtherWords);
  const inputs = fresh.map(({ input }) => input);
  const answers = await answerWith(await championOf(workspace), inputs, workspace.ports);
  return answers.filter(({ output }, at) => labelOrNull(output) === fresh[at]?.output).length / fresh.length;
}

describe('a workspace of before there were folds', () => {
  let workspace: Workspace;
  let run: Awaited<ReturnType<typeof runLoop>>;
  let fresh: { readonly before: number; readonly after: number };
  let ledgerBefore: readonly (Uint8Array | undefined)[];
  const ledgerKeys = ['create', 'run-20260101T000000-before'].map((name) => `models/${modelId}/splits/${name}.jsonl`);
  const ledger = () => Promise.all(ledgerKeys.map((key) => workspace.ports.objects.get(key)));

  beforeAll(async () => {
    workspace = await before();
    ledgerBefore = await ledger();
    const known = await accuracy(workspace);
    run = await improve(workspace, day2, 'day2');
    fresh = { before: known, after: await accuracy(workspace) };
  });

  it('is read as one of today: limits that were counted are those of the memory, the champion has no fold models', async () => {
    const model = await workspace.ports.lineage.getModel(modelId);
    expect(model?.settings).toMatchObject({ memoryAbsolute: 3, memoryFraction: 0.02, enoughRecords: 50 });
    expect(model?.secondOpinion).toBeNull();
    const old = await workspace.ports.lineage.getCheckpoint(modelId, 'checkpoint-of-before');
    expect(old?.folds).toBeNull();
  });

  it('goes on to improve, and its new champion has fold models', async () => {
    expect(run).toMatchObject({ decision: 'promoted' });
    expect(fresh.after).toBeGreaterThan(fresh.before + 0.1);
    const champion = await championOf(workspace);
    expect(champion.parentId).toBe('checkpoint-of-before');
    expect(champion.folds?.models.filter((model) => model !== null).length).toBe(champion.folds?.parts);
  });

  it('keeps what trained out of the evidence, and makes evidence of what was held out', async () => {
    const records = [...(await recordsOfRun(run.run, workspace)).values()];
    const evidence = new Set((await evidenceOfRun(run.run, workspace)).map(({ input }) => input));
    const heldOut = day1.filter(({ input }) => sideOf(input) !== 'train');
    for (const { input } of day1) {
      const record = records.find((one) => one.input === input);
      if (sideOf(input) === 'train') expect(record).toMatchObject({ use: 'none', folds: [] });
      else expect(record?.use).toBe('evidence');
    }
    expect(day1.filter(({ input }) => sideOf(input) === 'train' && evidence.has(input))).toEqual([]);
    expect(heldOut.filter(({ input }) => evidence.has(input)).length).toBeGreaterThan(100);
    expect(day2.filter(({ input }) => evidence.has(input)).length).toBeGreaterThan(400);
  });

  it('trains on all of it, no model on what it judges', async () => {
    const evidence = await evidenceOfRun(run.run, workspace);
    const [examples = []] = await datasetsOfRun(run.run, workspace);
    expect(trainedNearEvidence(examples, evidence)).toEqual([]);
    const trained = new Set(examples.map(({ input }) => input));
    expect([...day1, ...day2].filter(({ input }) => trained.has(input)).length).toBeGreaterThan(900);
  });

  it('holds candidates to the sets that were frozen then', async () => {
    const items = await readJsonl(
      workspace.ports.objects,
      frozenKey('checkpoint-of-before', 'traffic-validation'),
      evaluationItemSchema,
    );
    expect(items.length).toBeGreaterThan(70);
    expect(run.memory.preceding).toMatchObject({ of: items.length, allowed: 3 });
    expect(run.memory.earlier).toBeUndefined();
  });

  it('keeps its ledger as it was written, beside the new entries', async () => {
    expect(await ledger()).toEqual(ledgerBefore);
    const keys = await workspace.ports.objects.list(`models/${modelId}/splits/`);
    expect(keys.filter((key) => key.endsWith('.jsonl'))).toHaveLength(3);
  });

  it('remembers both promotions in the run after', async () => {
    const shifted = (word: string) => word.replaceAll(/[a-z]/g, (letter) => nextLetter.get(letter) ?? letter);
    const day3 = samples(300, 0.4, random.stream(4, 'day3')).map(({ input, output }) => ({
      input: shifted(input),
      output,
    }));
    const next = await improve(workspace, day3, 'day3');
    expect(Object.keys(next.memory).sort()).toEqual(['earlier', 'preceding']);
    expect(next.memory.preceding?.of).toBeGreaterThan(500);
    expect(next.memory.earlier?.of).toBe(run.memory.preceding?.of);
  });
});

it('a candidate that forgets what was frozen before there were folds is refused', async () => {
  const workspace = await before();
  const { objects } = workspace.ports;
  // What the old champion is on record as having right is what no candidate will answer.
  for (const name of ['traffic-validation', 'regression'] as const) {
    const key = frozenKey('checkpoint-of-before', name);
    const items = await readJsonl(objects, key, evaluationItemSchema);
    const other = (label: string | null) =>
      labelOutput(labels[(labels.indexOf(label ?? '') + 1) % labels.length] ?? '');
    const changed = items.map((item, at) =>
      at < 20 ? { ...item, expected: other(labelOrNull(item.expected)), right: true } : item,
    );
    await writeJsonl(objects, key, changed);
  }
  const run = await improve(workspace, day2, 'day2');
  expect(run).toMatchObject({ decision: 'kept', champion: 'checkpoint-of-before' });
  expect(run.memory.preceding?.lost).toBeGreaterThanOrEqual(20);
  expect(run.reason).toMatch(/right answers of the preceding promotion \d+ are lost/);
});
