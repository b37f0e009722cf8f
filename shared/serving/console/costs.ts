import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { hadTheLease, type Run } from '../../domain/models/run.ts';
import { completedOutput } from '../../loop/engine/completed-output.ts';
import { runResultSchema } from '../../loop/state/run-result.ts';
import { readJson } from '../../ports/documents.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Costs } from './messages.ts';
import { runSummary } from './overviews.ts';
import { completedOf } from './run-progress.ts';

const mostRuns = 20;
const endedSchema = z.looseObject({ finishedAt: z.string().optional() });

type CostOfRun = Costs['runs'][number];

/** What the newest runs of a model took: time by stage, tokens and dollars by role of their agents. Newest first. */
export async function costsOf(modelId: string, ports: Ports): Promise<Costs> {
  const runs = (await ports.lineage.listRuns(modelId)).filter(hadTheLease).toReversed().slice(0, mostRuns);
  return { runs: await Promise.all(runs.map((run) => costOf(run, ports))) };
}

async function costOf(run: Run, ports: Ports): Promise<CostOfRun> {
  const result = await completedOutput(
    'write-report',
    { run, iteration: 0, item: 'all' },
    runResultSchema,
    ports.objects,
  );
  const seconds = run.finishedAt === null ? null : (Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1_000;
  return {
    run: runSummary(run),
    seconds,
    stages: stageTimes(run.startedAt, await endsOf(run, ports)),
    roles: (result?.agents ?? []).map(({ role, agents, turns, inputTokens, outputTokens, usd }) => {
      return { role, agents, turns, inputTokens, outputTokens, usd };
    }),
  };
}

interface End {
  readonly stage: string;
  readonly iteration: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

async function endsOf(run: Run, ports: Ports): Promise<End[]> {
  const completed = await completedOf(run, ports);
  const ends = await Promise.all(
    completed.map(async ({ key, stage, iteration }): Promise<End[]> => {
      const at = Date.parse((await endedAt(key, ports)) ?? '');
      return Number.isNaN(at) ? [] : [{ stage, iteration, at }];
    }),
  );
  return ends.flat();
}

/** Null of a damaged record, and of one of an earlier version. */
async function endedAt(key: string, { objects }: Ports): Promise<string | null> {
  try {
    return (await readJson(objects, key, endedSchema)).finishedAt ?? null;
  } catch (error) {
    if (error instanceof RatchetError && ['ObjectMissing', 'CorruptArtifact'].includes(error.name)) return null;
    throw error;
  }
}

/**
 * Time by stage: of each turn of a stage, from the end of what ended before it to the end of its last item. What works
 * beside another stage is counted from the end of the shorter one on.
 */
export function stageTimes(startedAt: string, ends: readonly End[]): CostOfRun['stages'] {
  const turns = [...Map.groupBy(ends, ({ stage, iteration }) => `${iteration} ${stage}`).values()]
    .map((group) => ({
      name: group[0]?.stage ?? '',
      items: group.length,
      end: Math.max(...group.map(({ at }) => at)),
    }))
    .sort((a, b) => a.end - b.end);
  let before = Date.parse(startedAt);
  const timed = turns.map((turn) => {
    const seconds = Math.max(0, turn.end - before) / 1_000;
    before = Math.max(before, turn.end);
    return { ...turn, seconds };
  });
  return [...Map.groupBy(timed, ({ name }) => name)].map(([name, of]) => ({
    name,
    turns: of.length,
    items: of.reduce((sum, { items }) => sum + items, 0),
    seconds: of.reduce((sum, { seconds }) => sum + seconds, 0),
  }));
}
