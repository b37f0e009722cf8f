import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openWorkspace, type Workspace } from '../../cli/workspace.ts';
import { artifactDigest } from '../../shared/adapters/backends/embedded/artifact.ts';
import { digest } from '../../shared/domain/base/ids.ts';
import type { Checkpoint } from '../../shared/domain/models/checkpoint.ts';
import type { Run } from '../../shared/domain/models/run.ts';
import type { Served } from '../../shared/domain/models/served.ts';
import { modelId as mailModel } from './material.ts';

/** What a workspace holds, without ids of runs and times: equal for two workspaces that came to the same end. */
export interface Contents {
  readonly champion: string | null;
  readonly moves: readonly string[];
  readonly checkpoints: readonly string[];
  readonly datasets: readonly string[];
  readonly frozenSets: readonly string[];
  readonly ledger: string;
}

/** What is wrong in a workspace whatever happened to it: objects that do not parse, artifacts that do not match. */
export async function damages(directory: string, modelId = mailModel): Promise<readonly string[]> {
  const found: string[] = [];
  const root = join(directory, 'objects');
  const names = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of names) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.startsWith(join(root, '.tmp')) || !/\.jsonl?$/.test(entry.name)) continue;
    const text = await readFile(path, 'utf8');
    try {
      if (entry.name.endsWith('.json')) JSON.parse(text);
      else if (text !== '' && !text.endsWith('\n')) throw new Error('the last line has no end');
      else for (const line of text.split('\n').slice(0, -1)) JSON.parse(line);
    } catch (error) {
      found.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return [...found, ...(await withWorkspace(directory, (workspace) => wrongArtifacts(workspace, modelId)))];
}

async function wrongArtifacts({ ports }: Workspace, modelId: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const checkpoint of await ports.lineage.listCheckpoints(modelId)) {
    for (const { ref, digest: known } of modelsOf(checkpoint)) {
      const bytes = await ports.objects.get(ref);
      if (bytes === undefined) found.push(`${ref}: gone`);
      else if (artifactDigest(bytes) !== known) found.push(`${ref}: another digest`);
    }
  }
  return found;
}

/** What a checkpoint serves, then its fold models. */
function modelsOf({ served, folds }: Checkpoint): Served[] {
  return [served, ...(folds?.models ?? []).filter((model) => model !== null)];
}

export async function contents({ ports }: Workspace, modelId = mailModel): Promise<Contents> {
  const { lineage, objects } = ports;
  const control = await lineage.getControl(modelId);
  const [checkpoints, datasets, sets] = await Promise.all([
    lineage.listCheckpoints(modelId),
    lineage.listDatasets(modelId),
    lineage.listEvaluationSets(modelId),
  ]);
  const digestOf = async (key: string) => digest((await objects.get(key)) ?? '');
  const ledger = await Promise.all((await objects.list(`models/${modelId}/splits/`)).map(digestOf));
  return {
    champion: control?.championId ?? null,
    moves: (control?.moves ?? []).map((move) => `${move.kind} ${move.from} ${move.to}`),
    checkpoints: checkpoints
      .map((checkpoint) => [checkpoint.checkpointId, ...modelsOf(checkpoint).map((model) => model.digest)].join(' '))
      .sort(),
    datasets: (
      await Promise.all(datasets.map(async ({ datasetId, key }) => `${datasetId} ${await digestOf(key)}`))
    ).sort(),
    frozenSets: (
      await Promise.all(sets.map(async ({ name, version, key }) => `${name} ${version} ${await digestOf(key)}`))
    ).sort(),
    ledger: digest(...ledger.sort()),
  };
}

/**
 * All traces and judgements of the log, without the times of judging and of appending. Where a clock stood wrong while
 * they came in, the time that a trace was recorded with counts, as the log keeps it beside that of its arrival.
 */
export async function logDigest({ ports }: Workspace, modelId = mailModel): Promise<string> {
  const records = await ports.traceLog.read(modelId, { limit: 1_000_000 });
  const lines = records.map(({ trace: { timestamp, metadata, ...trace }, judgements }) => {
    const { recordedTimestamp = timestamp, ...others } = metadata ?? {};
    return JSON.stringify([
      { ...trace, timestamp: recordedTimestamp, metadata: others },
      judgements.map(({ judgedAt: _, ...judgement }) => judgement),
    ]);
  });
  return digest(...lines.sort());
}

/** The model's runs, the newest last; none before the workspace is made. */
export function runsOf({ ports }: Workspace, modelId = mailModel): Promise<readonly Run[]> {
  return ports.lineage.listRuns(modelId);
}

/** Names of the stages (and items) with a completion record, as the log shows them. */
export async function completedStages(
  { ports }: Workspace,
  runId: string,
  modelId = mailModel,
): Promise<readonly string[]> {
  const keys = await ports.objects.list(`runs/${modelId}/${runId}/`);
  return keys.flatMap((key) => {
    const [, stage = '', item = '', file = ''] = key.split('/').slice(2);
    return file === 'completed.json' ? [item === 'all' ? stage : `${stage} ${item}`] : [];
  });
}

export async function withWorkspace<T>(directory: string, use: (workspace: Workspace) => Promise<T>): Promise<T> {
  const workspace = await openWorkspace(directory, {
    observer: { progress: () => undefined, note: () => undefined },
  });
  try {
    return await use(workspace);
  } finally {
    await workspace.close();
  }
}
