import { openWorkspace, type Workspace } from '../../cli/workspace.ts';
import type { Foundation } from '../../shared/adapters/backends/embedded/embedded-configuration.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import type { Labelled } from '../improvement/load-clinc.ts';

export const modelId = 'loop';
export const seed = 1;

/** Opens a workspace that tells nobody anything, and closes it after the work. */
export async function withWorkspace<T>(directory: string, work: (workspace: Workspace) => Promise<T>): Promise<T> {
  const observer = { progress: () => undefined, note: () => undefined };
  const workspace = await openWorkspace(directory, { observer, create: true });
  try {
    return await work(workspace);
  } finally {
    await workspace.close();
  }
}

/** Registers the model and trains its first checkpoint. */
export async function createFirst(
  { ports }: Workspace,
  examples: readonly Labelled[],
  foundation: Foundation,
): Promise<void> {
  await createModel(
    {
      modelId,
      task: 'classification',
      labels: [],
      examples: jsonLines(examples.map(({ text, label }) => ({ input: text, output: label }))),
      backEnds: defaultBackEnds,
      trainerOptions: { foundation },
      settings: {},
      seed,
      by: 'bench',
    },
    ports,
  );
}

/** Values as JSON lines. */
export async function* jsonLines(values: readonly unknown[]): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const value of values) yield encoder.encode(`${JSON.stringify(value)}\n`);
}
