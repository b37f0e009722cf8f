import { gzipSync } from 'node:zlib';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import type { Settings } from '../../shared/domain/models/settings.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';
import { judgedTraces, type LabelledLine, type Sample, samples } from './made-up-traffic.ts';
import { bytesOf } from './test-workspace.ts';

/** Registers a model whose first checkpoint knows only the words of before the drift. */
export async function createDriftingModel(
  modelId: string,
  ports: Ports,
  settings: Partial<Settings> = {},
  analyst = defaultBackEnds.analyst,
): Promise<void> {
  const examples = bytesOf(samples(60, 0, ports.random.stream(1, 'training')));
  const backEnds = { ...defaultBackEnds, analyst };
  const request = { backEnds, trainerOptions: { foundation: 'none' }, settings, seed: 1, by: 'test' };
  await createModel({ modelId, task: 'classification', labels: [], examples, ...request }, ports);
}

/** Traffic as the model's champion answers it, judged against the truth. */
export async function judgedTraffic(
  modelId: string,
  traffic: readonly Sample[],
  prefix: string,
  ports: Ports,
): Promise<LabelledLine[]> {
  const control = await ports.lineage.getControl(modelId);
  const champion = await ports.lineage.getCheckpoint(modelId, control?.championId ?? '');
  if (champion === undefined) throw new Error(`${modelId} has no champion`);
  const answers = await answerWith(
    champion,
    traffic.map(({ input }) => input),
    ports,
  );
  return judgedTraces(modelId, traffic, answers, prefix);
}

/**
 * Traffic judged by chance of a count: the first so many fail. What the judge says is all that starting a run looks at.
 */
export function trafficWithFailures(modelId: string, traffic: readonly Sample[], failures: number, prefix: string) {
  const answers = traffic.map(({ output }, index) => ({
    output: labelOutput(index < failures ? (output === 'refund' ? 'account' : 'refund') : output),
    confidence: 0.9,
  }));
  return judgedTraces(modelId, traffic, answers, prefix);
}

/** A file of traces as a program drops it. */
export function dropOf(lines: readonly LabelledLine[], badLines: readonly string[] = []): Uint8Array {
  return new TextEncoder().encode([...lines.map((line) => JSON.stringify(line)), ...badLines, ''].join('\n'));
}

export function gzipped(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(gzipSync(bytes));
}
