import type { Run } from '../../domain/models/run.ts';
import { completedOutput } from '../../loop/engine/completed-output.ts';
import { completedFile } from '../../loop/engine/stage.ts';
import { decisionRefSchema } from '../../loop/state/decision.ts';
import { taxonomyRefSchema } from '../../loop/state/diagnosis.ts';
import { candidatePlanSchema } from '../../loop/state/evaluation.ts';
import { snapshotSchema } from '../../loop/state/snapshot.ts';
import { splitSchema } from '../../loop/state/split.ts';
import type { Ports } from '../../ports/ports.ts';
import type { LoopGraph, RunProgress } from './messages.ts';
import { runSummary } from './overviews.ts';

/** A completion record, by its key: `runs/MODEL/RUN/ITERATION/STAGE/ITEM/completed.json`. */
export interface Completed {
  readonly key: string;
  readonly iteration: number;
  readonly stage: string;
  readonly item: string;
}

/** What the stages of a run have completed, from the keys of its objects. */
export async function completedOf(
  run: Pick<Run, 'modelId' | 'runId'>,
  ports: Pick<Ports, 'objects'>,
): Promise<Completed[]> {
  const prefix = `runs/${run.modelId}/${run.runId}/`;
  return (await ports.objects.list(prefix)).flatMap((key) => {
    const [iteration = '', stage = '', item = '', file, more] = key.slice(prefix.length).split('/');
    return file === completedFile && more === undefined ? [{ key, iteration: Number(iteration), stage, item }] : [];
  });
}

/** How far a run is, stage by stage, by what is complete: the same wherever it works, and while it does. */
export async function runProgress(run: Run, graph: LoopGraph, ports: Ports): Promise<RunProgress> {
  const completed = await completedOf(run, ports);
  const last = lastTurn(completed);
  const at = { run, iteration: last, item: 'all' };
  const decision = await completedOutput('decide-next', at, decisionRefSchema, ports.objects);
  const goesOn = decision !== null && decision.next !== 'promote' && decision.next !== 'keep';
  const turn = goesOn ? decision.iteration.number : last;
  const sizes = await mapSizes(run, turn, ports);
  const standing = { status: run.status, turn, completed, sizes, keeps: decision?.next === 'keep' };
  return { run: runSummary(run), turn, stages: stageStates(standing, graph) };
}

/** The last iteration that was laid out: datasets of the next one may be made ahead of their time. */
function lastTurn(completed: readonly Completed[]): number {
  return Math.max(0, ...completed.filter(({ stage }) => stage === 'plan-candidates').map(({ iteration }) => iteration));
}

interface Standing {
  readonly status: Run['status'];
  readonly turn: number;
  readonly completed: readonly Pick<Completed, 'iteration' | 'stage' | 'item'>[];
  /** By what a stage is done once for each of: how many there are, where that is known. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Whether it was decided that the champion stays, so that nothing is promoted. */
  readonly keeps: boolean;
}

/** The state of each stage. What is done again each turn is done once the present one has done it. */
export function stageStates(
  { status, turn, completed, sizes, keeps }: Standing,
  { stages, edges }: LoopGraph,
): RunProgress['stages'] {
  const turned = turnedStages({ stages, edges });
  const items = new Map(
    stages.map(({ name }) => {
      const own = completed.filter(({ stage, iteration }) => {
        return stage === name && (!turned.has(name) || iteration === Math.max(1, turn));
      });
      return [name, own.length] as const;
    }),
  );
  const isWhole = ({ name, each }: (typeof stages)[number]): boolean => {
    const count = items.get(name) ?? 0;
    return count > 0 && (each === null || count >= (sizes[each] ?? 1));
  };
  const done = new Set(stages.filter(isWhole).map(({ name }) => name));
  // The lease leaves no record: whoever has done anything had taken it.
  const [first] = stages;
  if (first !== undefined && (done.size > 0 || status === 'finished')) done.add(first.name);

  const forward = edges.filter(({ back }) => !back);
  const isPassedBy = (name: string): boolean =>
    !done.has(name) &&
    ((keeps && name === 'promote-champion') || forward.some(({ from, to }) => from === name && done.has(to)));
  const reached = stages
    .map(({ name }) => name)
    .filter((name) => !done.has(name) && !isPassedBy(name))
    .filter((name) => {
      const before = forward.filter(({ to }) => to === name);
      return before.length === 0 || before.some(({ from }) => done.has(from));
    });
  const now = reached.filter((name) => !reached.some((other) => other !== name && leadsTo(other, name, forward)));
  return stages.map(({ name }) => ({
    name,
    state: stateOf(name),
    items: items.get(name) ?? 0,
    turns: new Set(completed.filter(({ stage }) => stage === name).map(({ iteration }) => iteration)).size,
  }));

  function stateOf(name: string): RunProgress['stages'][number]['state'] {
    if (done.has(name)) return 'done';
    if (status === 'finished' || isPassedBy(name)) return 'passed-by';
    if (!now.includes(name)) return 'ahead';
    return status === 'failed' ? 'failed' : 'now';
  }
}

function leadsTo(from: string, to: string, edges: LoopGraph['edges']): boolean {
  const next = edges.filter((edge) => edge.from === from).map((edge) => edge.to);
  return next.some((name) => name === to || leadsTo(name, to, edges));
}

/** The stages between the first that a turn begins with and the last that it ends with. */
function turnedStages({ stages, edges }: LoopGraph): ReadonlySet<string> {
  const names = stages.map(({ name }) => name);
  const back = edges.filter((edge) => edge.back);
  if (back.length === 0) return new Set();
  const from = Math.min(...back.map(({ to }) => names.indexOf(to)));
  const to = Math.max(...back.map((edge) => names.indexOf(edge.from)));
  return new Set(names.slice(from, to + 1));
}

async function mapSizes(run: Run, turn: number, { objects }: Ports): Promise<Standing['sizes']> {
  const at = { run, iteration: 0, item: 'all' };
  const [snapshot, split, taxonomy, plan] = await Promise.all([
    completedOutput('prepare-run', at, snapshotSchema, objects),
    completedOutput('split-traces', at, splitSchema, objects),
    completedOutput('build-taxonomy', at, taxonomyRefSchema, objects),
    completedOutput('plan-candidates', { ...at, iteration: Math.max(1, turn) }, candidatePlanSchema, objects),
  ]);
  return {
    ...(snapshot === null ? {} : { chunk: snapshot.chunks.length }),
    ...(split === null ? {} : { shard: split.shards.length }),
    ...(taxonomy === null ? {} : { 'suspected weakness': taxonomy.clusters.length, cluster: taxonomy.clusters.length }),
    ...(plan === null ? {} : { candidate: plan.candidates.length, evaluation: plan.candidates.length }),
  };
}
