import type { EvaluationSet } from '../shared/domain/evaluation/evaluation-set.ts';
import type { Checkpoint } from '../shared/domain/models/checkpoint.ts';
import type { ChampionMove } from '../shared/domain/models/control.ts';
import type { Dataset } from '../shared/domain/models/dataset.ts';
import type { Run } from '../shared/domain/models/run.ts';
import { recordedScore } from '../shared/operations/recorded-score.ts';
import { printableLine } from './printable.ts';

export interface LineageView {
  readonly model: string;
  readonly champion: string | null;
  /** Oldest first, as are the others. */
  readonly checkpoints: readonly Checkpoint[];
  readonly datasets: readonly Dataset[];
  /** Records frozen by promotions, every version. */
  readonly evaluationSets: readonly EvaluationSet[];
  readonly runs: readonly Run[];
  readonly moves: readonly ChampionMove[];
}

/**
 * The lineage as lines for a terminal: the tree of checkpoints from the foundation on, then frozen records, runs and
 * moves.
 */
export function lineageLines(view: LineageView): readonly string[] {
  const champion = view.champion === null ? 'no champion yet' : `champion ${view.champion}`;
  return [
    `${view.model}: ${champion}`,
    ...treeLines(view),
    ...setLines(view),
    ...runLines(view.runs),
    ...moveLines(view.moves),
  ];
}

function treeLines(view: LineageView): readonly string[] {
  const ids = new Set(view.checkpoints.map((checkpoint) => checkpoint.checkpointId));
  const datasets = new Map(view.datasets.map((dataset) => [dataset.datasetId, dataset]));
  const children = Map.groupBy(view.checkpoints, ({ parentId }) =>
    parentId !== null && ids.has(parentId) ? parentId : '',
  );
  const lines: string[] = [];
  const descend = (parentId: string, indent: string): void => {
    const siblings = children.get(parentId) ?? [];
    siblings.forEach((checkpoint, index) => {
      const isLast = index === siblings.length - 1;
      lines.push(
        `${indent}${isLast ? '└─ ' : '├─ '}${describe(checkpoint, datasets.get(checkpoint.datasetId), view.champion)}`,
      );
      descend(checkpoint.checkpointId, `${indent}${isLast ? '   ' : '│  '}`);
    });
  };
  descend('', '');
  return lines;
}

function describe(checkpoint: Checkpoint, dataset: Dataset | undefined, championId: string | null): string {
  const { scores } = checkpoint;
  const score = recordedScore(scores);
  return [
    checkpoint.checkpointId,
    ...(checkpoint.checkpointId === championId ? ['★ champion'] : []),
    ...(score === null
      ? []
      : [`score ${score.value.toFixed(4)}${score.measuredBy === 'out-of-fold' ? '' : ` (${score.measuredBy})`}`]),
    `${dataset === undefined ? 'dataset' : `${dataset.mode} dataset of ${dataset.manifest.examples}`} ${checkpoint.datasetId}`,
    `trainer ${checkpoint.trainer}`,
    checkpoint.createdAt,
  ].join(' · ');
}

/**
 * A line each frozen set of records, with its versions: a human correction makes a new one. What a checkpoint that was
 * promoted again froze the same is shown once.
 */
function setLines({ evaluationSets }: LineageView): readonly string[] {
  if (evaluationSets.length === 0) return [];
  const groups = Map.groupBy(evaluationSets, (set) => `${set.checkpointId} ${set.runId} ${set.name}`);
  return [
    'Frozen records:',
    ...new Set(
      [...groups.values()].flatMap((group) => {
        const versions = [...group].sort((a, b) => a.version - b.version);
        const newest = versions.at(-1);
        if (newest === undefined) return [];
        const history = versions.map(({ version, right, size }) => `v${version} ${right} of ${size} right`);
        return [`  ${newest.checkpointId} · ${newest.name} · ${history.join(' → ')}`];
      }),
    ),
  ];
}

function runLines(runs: readonly Run[]): readonly string[] {
  if (runs.length === 0) return [];
  return [
    'Runs:',
    ...runs.map(
      (run) =>
        `  ${run.runId} · ${run.decision ?? run.status} · ${printableLine(run.failure?.cause ?? run.reason ?? '', 160)}`,
    ),
  ];
}

function moveLines(moves: readonly ChampionMove[]): readonly string[] {
  if (moves.length === 0) return [];
  return [
    'Moves:',
    ...moves.map(
      (move) =>
        `  ${move.at} · ${move.kind} · ${move.from ?? 'none'} → ${move.to} · by ${printableLine(move.by, 80)} · ${printableLine(move.reason, 160)}`,
    ),
  ];
}
