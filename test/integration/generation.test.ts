import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import { taxonomySchema } from '../../shared/domain/diagnosis/taxonomy.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import type { RunResult } from '../../shared/loop/state/run-result.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import { readJson } from '../../shared/ports/documents.ts';
import { type Sample, samples } from '../helpers/made-up-traffic.ts';
import { bytesOf, championOf, makeWorkspace, modelId, recordingUi } from '../helpers/test-workspace.ts';

/** What a ticket is to become: JSON with the queue, and a priority that follows from it. */
function ticket({ input, output }: Sample): { input: string; output: Record<string, unknown> } {
  return { input, output: { queue: output, handling: { priority: output < 'm' ? 'high' : 'low' } } };
}

let made: Awaited<ReturnType<typeof makeWorkspace>>;
let result: RunResult;

beforeAll(async () => {
  made = await makeWorkspace();
  const { ports } = made;
  const random = ports.random.stream(1, 'tickets');
  await createModel(
    {
      modelId,
      task: 'generation',
      labels: [],
      options: { checker: 'json' },
      examples: bytesOf(samples(60, 0, random).map(ticket)),
      backEnds: {
        trainer: 'nearest',
        predictor: 'nearest',
        analyst: 'statistical',
        judge: 'rule',
        secondOpinion: null,
      },
      trainerOptions: {},
      settings: {},
      seed: 1,
      by: 'test',
    },
    ports,
  );
  const traffic = samples(600, 0.6, random).map(ticket);
  const answers = await answerWith(
    await championOf(made),
    traffic.map(({ input }) => input),
    ports,
  );
  const lines = traffic.map(({ input, output }, at) => ({
    traceId: `t-${at}`,
    timestamp: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
    input,
    output: answers[at]?.output ?? null,
    // As text, in a fence and with its fields in another order, it says the same.
    expected: `\`\`\`json\n${JSON.stringify(Object.fromEntries(Object.entries(output).reverse()))}\n\`\`\``,
    judge: { kind: 'human', id: 'ana' },
  }));
  const ingested = await ingestTraces(
    { modelId, sources: [{ name: 'traffic', open: async () => bytesOf(lines) }] },
    ports,
  );
  expect(ingested).toMatchObject({ ingested: 600, judgements: 600, quarantined: 0 });
  result = await runLoop(made, { modelId, seed: 1 }, recordingUi());
}, 120_000);
afterAll(() => made.dispose());

describe('a model that writes JSON', () => {
  it('goes through the whole loop, and what has learnt the new tickets is promoted', () => {
    expect(result).toMatchObject({ decision: 'promoted' });
    expect(result.scores.after?.traffic).toBeGreaterThan((result.scores.before.traffic ?? 1) + 0.05);
    expect(result.gain?.partly).toBeDefined();
  });

  it('has its failures grouped by the field that is wrong', async () => {
    const keys = await made.ports.objects.list(`runs/${modelId}/${result.run}/`);
    const key = keys.find((each) => each.endsWith('taxonomy.json')) ?? '';
    const { confusions, clusters } = await readJson(made.ports.objects, key, taxonomySchema);
    expect(confusions.map(({ title }) => title)).toContain('another "handling.priority"');
    expect(clusters.length).toBeGreaterThan(0);
  });

  it('answers in its JSON', async () => {
    const asked = samples(5, 0.6, made.ports.random.stream(3, 'tickets')).map(ticket);
    const answers = await answerWith(
      await championOf(made),
      asked.map(({ input }) => input),
      made.ports,
    );
    for (const { output } of answers)
      expect(output).toMatchObject({ queue: expect.any(String), handling: { priority: expect.any(String) } });
  });
});
