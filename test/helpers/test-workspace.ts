import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProgressUi } from '../../cli/progress.ts';
import { openWorkspace, type Workspace } from '../../cli/workspace.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { Checkpoint } from '../../shared/domain/models/checkpoint.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import { judgedTraces, type LabelledLine, type Sample, samples } from './made-up-traffic.ts';

export const modelId = 'support';

/** A workspace of the real embedded adapters in a temporary directory, removed by `dispose`. */
export async function makeWorkspace(): Promise<Workspace & { dispose(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
  const workspace = await openWorkspace(directory, {
    observer: { progress: () => undefined, note: () => undefined },
    create: true,
  });
  return {
    ...workspace,
    dispose: async () => {
      await workspace.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** JSON lines, as a file has them. */
export function bytesOf(lines: readonly unknown[]): AsyncIterable<Uint8Array> {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  return (async function* () {
    yield new TextEncoder().encode(text);
  })();
}

/** A model whose first checkpoint knows only the words of before the drift. */
export async function createSupportModel(
  workspace: Pick<Workspace, 'ports'>,
  settings: Record<string, unknown> = {},
  analyst = defaultBackEnds.analyst,
): Promise<void> {
  const training = samples(60, 0, workspace.ports.random.stream(1, 'training'));
  await createModel(
    {
      modelId,
      task: 'classification',
      labels: [],
      examples: bytesOf(training),
      backEnds: { ...defaultBackEnds, analyst },
      trainerOptions: { foundation: 'none' },
      settings,
      seed: 1,
      by: 'test',
    },
    workspace.ports,
  );
}

/** The checkpoint in production. */
export async function championOf({ ports }: Pick<Workspace, 'ports'>): Promise<Checkpoint> {
  const control = await ports.lineage.getControl(modelId);
  const champion = await ports.lineage.getCheckpoint(modelId, control?.championId ?? '');
  if (champion === undefined) throw new RatchetError('NoChampion', 'no champion');
  return champion;
}

/** Traffic as the champion answers it, judged against the truth. */
export async function answeredTraffic(
  workspace: Pick<Workspace, 'ports'>,
  traffic: readonly Sample[],
  prefix: string,
): Promise<LabelledLine[]> {
  const answers = await answerWith(
    await championOf(workspace),
    traffic.map((sample) => sample.input),
    workspace.ports,
  );
  return judgedTraces(modelId, traffic, answers, prefix);
}

export async function ingest(workspace: Pick<Workspace, 'ports'>, lines: readonly LabelledLine[]): Promise<void> {
  await ingestTraces(
    { modelId, sources: [{ name: 'traffic.jsonl', open: async () => bytesOf(lines) }] },
    workspace.ports,
  );
}

/** Progress that keeps what was said. */
export function recordingUi(): ProgressUi & {
  readonly finished: string[];
  readonly passedOver: string[];
  readonly failed: string[];
  readonly notes: string[];
} {
  const finished: string[] = [];
  const passedOver: string[] = [];
  const failed: string[] = [];
  const notes: string[] = [];
  return {
    finished,
    passedOver,
    failed,
    notes,
    stageStarted: () => undefined,
    stageProgress: () => undefined,
    stageFinished: (name) => finished.push(name),
    stagePassedOver: (name) => passedOver.push(name),
    stageFailed: (name, why) => failed.push(`${name}: ${why}`),
    note: (text) => notes.push(text),
    stop: () => undefined,
  };
}
