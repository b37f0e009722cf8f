import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import { taggerBackEnd } from '../../shared/adapters/backends/tagger/facts.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import type { Output } from '../../shared/domain/base/output.ts';
import { exampleSchema } from '../../shared/domain/models/example.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import type { RunResult } from '../../shared/loop/state/run-result.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import { readJsonl } from '../../shared/ports/documents.ts';
import { entitiesOf } from '../../shared/tasks/extraction/entity.ts';
import { extraction } from '../../shared/tasks/extraction/extraction.ts';
import { overlaps } from '../../shared/tasks/extraction/span-errors.ts';
import { nestedExamples } from '../helpers/nested-entities.ts';
import { bytesOf, championOf, makeWorkspace, modelId, recordingUi } from '../helpers/test-workspace.ts';

let workspace: Awaited<ReturnType<typeof makeWorkspace>>;
let result: RunResult;
let before: number;

const openings = ['by the way', 'good morning', 'a question', 'once more', 'for the record', 'in short', 'as agreed'];
const endings = [
  'thanks',
  'best wishes',
  'see you',
  'many greetings from here',
  'answer soon',
  'no hurry',
  'until then',
];
/** Texts of {@link nestedExamples} with more words behind them. */
const traffic = nestedExamples('seen', 320).map(({ input, output }, at) => ({
  input: `${input}, ${openings[at % 7]} ${endings[(at >> 3) % 7]} ${at}`,
  output,
}));
const fresh = nestedExamples('unseen', 96);

const hasInner = (output: Output): boolean =>
  entitiesOf(output).some((one, at, all) => all.slice(0, at).some((other) => overlaps(one, other)));

/** F1 of the champion on fresh texts, whose names it has not seen. */
async function scoreOfChampion(): Promise<number> {
  const inputs = fresh.map(({ input }) => input);
  const answers = await answerWith(await championOf(workspace), inputs, workspace.ports);
  return extraction.score(fresh.map(({ output }, at) => extraction.grade(output, answers[at]?.output ?? null))).value;
}

beforeAll(async () => {
  workspace = await makeWorkspace();
  const { ports } = workspace;
  // The first examples name no entity in another.
  const first = nestedExamples('seen', 80).filter(({ output }) => !hasInner(output));
  await createModel(
    {
      modelId,
      task: extraction.kind,
      labels: [],
      options: { overlaps: 'allowed' },
      examples: bytesOf(first.map(({ input, output }) => ({ input, output }))),
      backEnds: { ...defaultBackEnds, trainer: taggerBackEnd, predictor: taggerBackEnd },
      trainerOptions: {},
      settings: { maxIterations: 1 },
      seed: 1,
      by: 'test',
    },
    ports,
  );
  before = await scoreOfChampion();
  const inputs = traffic.map(({ input }) => input);
  const answers = await answerWith(await championOf(workspace), inputs, ports);
  const lines = traffic.map(({ input, output }, at) => ({
    traceId: `t-${at}`,
    timestamp: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
    input,
    output: answers[at]?.output ?? null,
    expected: output,
    judge: { kind: 'human', id: 'ana' },
  }));
  const sources = [{ name: 'traffic', open: async () => bytesOf(lines) }];
  expect(await ingestTraces({ modelId, sources }, ports)).toMatchObject({ ingested: 320, quarantined: 0 });
  result = await runLoop(workspace, { modelId, seed: 1 }, recordingUi());
});
afterAll(() => workspace.dispose());

describe('a tagger of entities that overlap', () => {
  it('learns of its traffic that they do, from a champion that knew of none', async () => {
    expect(result.decision).toBe('promoted');
    expect(before).toBeLessThan(0.9);
    expect(await scoreOfChampion()).toBeGreaterThan(0.9);
  });

  it('is trained with entities in others that stand where they are said to', async () => {
    const champion = await championOf(workspace);
    const dataset = await workspace.ports.lineage.getDataset(modelId, champion.datasetId);
    const examples = await readJsonl(workspace.ports.objects, dataset?.key ?? '', exampleSchema);
    expect(examples.filter(({ output }) => hasInner(output)).length).toBeGreaterThan(100);
    for (const { input, output } of examples) {
      for (const { start, end, text } of entitiesOf(output)) expect(input.slice(start, end)).toBe(text);
    }
  });
});
