import { plural } from '../../shared/domain/base/wording.ts';
import { humanise } from '../../shared/loop/report/plain-words.ts';
import type { LoopGraph, RunProgress } from '../../shared/serving/console/messages.ts';

const rowHeight = 40;
const laneWidth = 18;
const main = 46;
const gutter = main + 3 * laneWidth;

const stateWords = {
  done: 'done',
  now: 'under way',
  failed: 'failed here',
  ahead: 'to come',
  'passed-by': 'not needed',
} as const;

/** The state machine of the loop, a row for each stage, as far as a run has come. */
export function RunGraph({ graph, progress }: { graph: LoopGraph; progress: RunProgress }) {
  const states = new Map(progress.stages.map((stage) => [stage.name, stage]));
  const rows = graph.stages.map((stage, at) => ({
    ...stage,
    at,
    x: laneOf(graph, at),
    y: at * rowHeight + rowHeight / 2,
  }));
  const byName = new Map(rows.map((row) => [row.name, row]));
  return (
    <div class="run-graph">
      <svg width={gutter} height={rows.length * rowHeight} aria-hidden="true">
        {graph.edges.map(({ from, to, back }) => {
          const [a, b] = [byName.get(from), byName.get(to)];
          if (a === undefined || b === undefined) return null;
          const isDone =
            states.get(from)?.state === 'done' && ['done', 'now', 'failed'].includes(states.get(to)?.state ?? '');
          return (
            <path
              key={`${from} ${to}`}
              d={pathOf(a, b, back)}
              class={`edge ${back ? 'back' : ''} ${isDone && !back ? 'done' : ''}`}
            />
          );
        })}
        {rows.map(({ name, x, y }) => (
          <circle key={name} cx={x} cy={y} r="7" class={`node ${states.get(name)?.state ?? 'ahead'}`} />
        ))}
      </svg>
      <ol>
        {rows.map(({ name, each, what }) => {
          const stage = states.get(name);
          const state = stage?.state ?? 'ahead';
          return (
            <li key={name} class={`stage ${state}`} aria-current={state === 'now' ? 'step' : undefined}>
              <span class="name">{humanise(name)}</span>
              <span class={`tag ${toneOf(state)}`}>{stateWords[state]}</span>
              {stage !== undefined && each !== null && stage.items > 0 && (
                <span class="quiet small">{plural(stage.items, each, manyOf(each))}</span>
              )}
              {stage !== undefined && stage.turns > 1 && <span class="quiet small">{stage.turns} turns</span>}
              <span class="what quiet small">{what}</span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function manyOf(each: string): string {
  return each.endsWith('ness') ? `${each}es` : `${each}s`;
}

function toneOf(state: RunProgress['stages'][number]['state']): string {
  if (state === 'done') return 'good';
  if (state === 'now') return 'now pulse';
  return state === 'failed' ? 'bad' : '';
}

/** What works beside another stage stands in a lane of its own. */
function laneOf({ stages }: LoopGraph, at: number): number {
  const column = stages[at]?.column;
  const before = stages.slice(0, at).filter((stage) => stage.column === column).length;
  return main + before * laneWidth;
}

interface Point {
  readonly at: number;
  readonly x: number;
  readonly y: number;
}

function pathOf(a: Point, b: Point, back: boolean): string {
  const span = Math.abs(b.at - a.at);
  if (!back && span === 1 && a.x === b.x) return `M${a.x},${a.y} L${b.x},${b.y}`;
  if (!back && span <= 2)
    return `M${a.x},${a.y} C${a.x},${a.y + rowHeight / 1.5} ${b.x},${b.y - rowHeight / 1.5} ${b.x},${b.y}`;
  const reach = back ? main - 40 - Math.min(6, span / 2) + 6 : main + laneWidth * 2.4;
  const bend = back ? reach : Math.min(gutter - 4, reach + span);
  return `M${a.x},${a.y} C${bend},${a.y} ${bend},${a.y} ${bend},${(a.y + b.y) / 2} C${bend},${b.y} ${bend},${b.y} ${b.x},${b.y}`;
}
