import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { rollbackChampion } from '../../shared/operations/rollback-champion.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import { samples } from './made-up-traffic.ts';
import { labelOrNull } from './outputs.ts';
import { bytesOf, recordingUi } from './test-workspace.ts';

export const hostileModelId = 'hostile';

/** Sets `document.title` where any of it runs. */
const attack = "document.title='owned'";
export const hostileTexts = [
  `<img src=x onerror="${attack}">`,
  `"><script>${attack}</script>`,
  `<svg onload=${attack}><a href="javascript:${attack}">x</a></svg>`,
  `\u202eevil\u202c \u0000\u001b[31m \u2066x`,
  '{{constructor.constructor("alert(1)")()}}',
] as const;

const names: Readonly<Record<string, string>> = {
  refund: hostileTexts[0],
  delivery: hostileTexts[1],
  account: hostileTexts[2],
};

/** A model all of whose texts try to run in a page: labels, inputs, ids of traces, judges, reasons and who rolls back. */
export async function addHostileModel(workspace: Workspace): Promise<void> {
  const { ports } = workspace;
  const texts = (count: number, drift: number, stream: number) =>
    samples(count, drift, ports.random.stream(stream, 'hostile')).map(({ input, output }, at) => ({
      input: `${input} ${hostileTexts[at % hostileTexts.length]}`,
      output: names[output] ?? output,
    }));
  await createModel(
    {
      modelId: hostileModelId,
      task: 'classification',
      labels: [],
      examples: bytesOf(texts(60, 0, 1)),
      backEnds: defaultBackEnds,
      trainerOptions: { foundation: 'none' },
      settings: {},
      seed: 1,
      by: hostileTexts[0],
    },
    ports,
  );
  const first = (await ports.lineage.getControl(hostileModelId))?.championId ?? '';
  const champion = await ports.lineage.getCheckpoint(hostileModelId, first);
  if (champion === undefined) throw new Error('no champion');
  const traffic = texts(240, 0.6, 2);
  const answers = await answerWith(
    champion,
    traffic.map(({ input }) => input),
    ports,
  );
  const lines = traffic.map(({ input, output }, at) => ({
    traceId: `<b onclick=${attack}>${at}`,
    timestamp: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
    modelId: hostileModelId,
    input,
    output: labelOrNull(answers[at]?.output ?? null),
    confidence: answers[at]?.confidence ?? 0,
    expected: output,
    judge: { kind: 'human', id: hostileTexts[1], reason: hostileTexts[0] },
    metadata: { slice: hostileTexts[2] },
  }));
  await ingestTraces(
    { modelId: hostileModelId, sources: [{ name: 'hostile.jsonl', open: async () => bytesOf(lines) }] },
    ports,
  );
  await runLoop(workspace, { modelId: hostileModelId, seed: 3 }, recordingUi());
  await rollbackChampion(
    { modelId: hostileModelId, to: first, by: hostileTexts[1], reason: hostileTexts.join(' ') },
    ports,
  );
}
