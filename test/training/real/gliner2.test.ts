import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLoop } from '../../../cli/runtime/run-loop.ts';
import { openWorkspace, type Workspace } from '../../../cli/workspace.ts';
import { defaultBackEnds } from '../../../shared/composition/default-back-ends.ts';
import type { Checkpoint } from '../../../shared/domain/models/checkpoint.ts';
import { ingestTraces } from '../../../shared/intake/ingest-traces.ts';
import { createModel } from '../../../shared/operations/create-model.ts';
import { answerWith } from '../../../shared/ports/back-ends.ts';
import { entitiesOutput } from '../../../shared/tasks/extraction/entity.ts';
import { extraction } from '../../../shared/tasks/extraction/extraction.ts';
import { samples } from '../../helpers/made-up-traffic.ts';
import { labelOrNull } from '../../helpers/outputs.ts';
import { answeredTraffic, bytesOf, championOf, ingest, modelId, recordingUi } from '../../helpers/test-workspace.ts';
import { installed, realPython } from '../python.ts';
import { type NamedText, namedTexts } from './named-texts.ts';
import { tinyBert } from './tiny-foundations.ts';

/** A whole run of the loop on a real GLiNER2, whose encoder is of a few weights and knows nothing. */
describe.skipIf(!installed('gliner2'))('ratchet run with GLiNER2 as a process of this machine', () => {
  let directory: string;
  let workspace: Workspace;
  let foundation: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ratchet-gliner2-'));
    foundation = await tinyBert(directory);
    const { env } = await realPython();
    workspace = await openWorkspace(join(directory, 'workspace'), {
      create: true,
      env,
      observer: { progress: () => undefined, note: () => undefined },
    });
  });
  afterAll(async () => {
    await workspace?.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('trains, evaluates and promotes, and the new champion knows the words of today', async () => {
    const { ports } = workspace;
    await createModel(
      {
        modelId,
        task: 'classification',
        labels: [],
        examples: bytesOf(samples(90, 0, ports.random.stream(1, 'training'))),
        backEnds: { ...defaultBackEnds, trainer: 'gliner2', predictor: 'gliner2' },
        trainerOptions: { foundation, epochs: 8, batchSize: 16, encoderRate: 2e-3, headRate: 2e-3 },
        settings: { maxIterations: 1 },
        seed: 1,
        by: 'test',
      },
      ports,
    );
    const before = await championOf(workspace);
    const traffic = samples(500, 0.4, ports.random.stream(1, 'traffic'));
    await ingest(workspace, await answeredTraffic(workspace, traffic, 'day1'));
    const ui = recordingUi();
    const result = await runLoop(workspace, { modelId, seed: 3 }, ui);
    expect(ui.failed).toEqual([]);
    expect([result.decision, result.headline]).toEqual(['promoted', expect.any(String)]);
    const after = await championOf(workspace);
    expect(after.checkpointId).not.toBe(before.checkpointId);
    expect(after.folds?.models.filter((model) => model !== null)).toHaveLength(2);
    const fresh = samples(120, 1, ports.random.stream(2, 'fresh'));
    const right = async (served: typeof after.served) => {
      const answers = await ports.predictors.get('gliner2')?.predict(
        served,
        fresh.map(({ input }) => input),
      );
      return fresh.filter(({ output }, at) => labelOrNull(answers?.[at]?.output ?? null) === output).length;
    };
    expect(await right(after.served)).toBeGreaterThan((await right(before.served)) + 20);
  });
});

/** The same for entities, by what was written as ONNX, so that every answer of the run is given without Python. */
describe.skipIf(!installed('gliner2'))('ratchet run with a GLiNER2 that finds entities', () => {
  let directory: string;
  let workspace: Workspace;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ratchet-gliner2-entities-'));
    workspace = await openWorkspace(join(directory, 'workspace'), {
      create: true,
      env: (await realPython()).env,
      observer: { progress: () => undefined, note: () => undefined },
    });
  });
  afterAll(async () => {
    await workspace?.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('promotes what finds the names of today, and what it found before', { timeout: 1_800_000 }, async () => {
    const { ports } = workspace;
    await createModel(
      {
        modelId,
        task: 'extraction',
        labels: [],
        examples: bytesOf(namedTexts(100, 0, ports.random.stream(1, 'training'))),
        backEnds: { ...defaultBackEnds, trainer: 'gliner2', predictor: 'gliner2-onnx' },
        trainerOptions: {
          foundation: await tinyBert(directory, 'named'),
          epochs: 10,
          batchSize: 8,
          encoderRate: 2e-3,
          headRate: 2e-3,
        },
        settings: { maxIterations: 1 },
        seed: 1,
        by: 'test',
      },
      ports,
    );
    const before = await championOf(workspace);
    const traffic = namedTexts(400, 0.4, ports.random.stream(1, 'traffic'));
    const answers = await answersOf(before, traffic);
    const lines = traffic.map(({ input, output }, at) => ({
      traceId: `t-${at}`,
      timestamp: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
      input,
      output: answers[at]?.output ?? null,
      expected: output,
      judge: { kind: 'human', id: 'ana' },
    }));
    const sources = [{ name: 'traffic', open: async () => bytesOf(lines) }];
    expect(await ingestTraces({ modelId, sources }, ports)).toMatchObject({ ingested: 400, quarantined: 0 });
    const ui = recordingUi();
    const result = await runLoop(workspace, { modelId, seed: 3 }, ui);
    expect(ui.failed).toEqual([]);
    expect([result.decision, result.headline]).toEqual(['promoted', expect.any(String)]);
    const after = await championOf(workspace);
    const [today, known] = [1, 0].map((drift) => namedTexts(80, drift, ports.random.stream(2, `fresh-${drift}`)));
    const f1 = async (champion: typeof after, texts: readonly NamedText[] = []) => {
      const given = await answersOf(champion, texts);
      return extraction.score(
        texts.map(({ output }, at) => extraction.grade(entitiesOutput(output), given[at]?.output ?? null)),
      ).value;
    };
    expect(await f1(after, today)).toBeGreaterThan((await f1(before, today)) + 0.2);
    expect(await f1(after, known)).toBeGreaterThan(0.8);
  });

  const answersOf = (champion: Checkpoint, texts: readonly NamedText[]) =>
    answerWith(
      champion,
      texts.map(({ input }) => input),
      workspace.ports,
    );
});
