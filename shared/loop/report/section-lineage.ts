import { plural } from '../../domain/base/wording.ts';
import { formatInstant, formatScore } from './format.ts';
import { html, type Markup } from './markup.ts';
import type { ReportData } from './report-data.ts';
import type { AbsentSection, Section } from './section.ts';
import { visibleLine } from './visible-text.ts';

type Node = ReportData['lineage'][number];

const shown = 80;
const deepest = 6;

/** The checkpoints of the model: the way from the foundation to the champion, side branches beneath their parents. */
export function lineageSection(data: ReportData): Section | AbsentSection {
  const nodes = data.lineage.slice(-shown);
  const left = data.lineage.length - nodes.length;
  const heading = { id: 'lineage', title: 'Lineage' };
  if (nodes.length === 0) {
    return { ...heading, absent: 'No checkpoint on record.' };
  }
  return {
    ...heading,
    body: html`<p>The main line leads from the first checkpoint to the champion; what was trained and not promoted hangs beneath its parent. Scores are out of fold, from the run that a checkpoint was weighed in; those of older runs are on what was held out then.</p>
    <details><summary>${plural(data.lineage.length, 'checkpoint')}</summary>
          ${left > 0 && html`<p class="quiet">${plural(left, 'older checkpoint is', 'older checkpoints are')} not shown.</p>`}
          ${tree(nodes, new Set(data.candidates.map((candidate) => candidate.checkpointId)))}
    </details>
    ${
      data.movedBack.length > 0 &&
      html`<p>Moved back, as they were proven worse than their predecessors on what was judged after their promotion:</p>
    <ul>${data.movedBack.map(({ at, from, to, reason }) => html`<li>${formatInstant(at)}: <span class="id">${visibleLine(from ?? 'none', 40)}</span> → <span class="id">${visibleLine(to, 40)}</span>. ${visibleLine(reason, 600)}</li>`)}</ul>`
    }`,
  };
}

function tree(nodes: readonly Node[], ofThisRun: ReadonlySet<string>): Markup {
  const byId = new Map(nodes.map((node) => [node.checkpointId, node]));
  const spine = pathToChampion(nodes, byId);
  const drawn = new Set(spine.map((node) => node.checkpointId));
  const children = Map.groupBy(nodes, (node) => node.parentId ?? '');
  const branch = (parent: Node, depth: number): Markup | null => {
    const side = (children.get(parent.checkpointId) ?? []).filter((node) => !drawn.has(node.checkpointId));
    for (const node of side) drawn.add(node.checkpointId);
    if (side.length === 0) return null;
    return html`<ul${depth > deepest && html` class="flat"`}>${side.map((node) => html`<li>${label(node, ofThisRun)}${branch(node, depth + 1)}</li>`)}</ul>`;
  };
  const mainLine = spine.map((node) => html`<li class="spine">${label(node, ofThisRun)}${branch(node, 1)}</li>`);
  const others: Markup[] = [];
  for (const node of nodes) {
    if (drawn.has(node.checkpointId)) continue;
    drawn.add(node.checkpointId);
    others.push(html`<li>${label(node, ofThisRun)}${branch(node, 1)}</li>`);
  }
  return html`<ol class="lineage">${mainLine}${others}</ol>`;
}

function pathToChampion(nodes: readonly Node[], byId: ReadonlyMap<string, Node>): readonly Node[] {
  const path: Node[] = [];
  for (let node = nodes.find((one) => one.champion); node !== undefined && !path.includes(node); ) {
    path.unshift(node);
    node = node.parentId === null ? undefined : byId.get(node.parentId);
  }
  return path;
}

function label(node: Node, ofThisRun: ReadonlySet<string>): Markup {
  return html`<div class="${node.champion ? 'node champion' : 'node'}"><span class="id">${visibleLine(node.checkpointId, 40)}</span>
    ${node.champion && html`<strong class="tag">★ Champion</strong>`}${ofThisRun.has(node.checkpointId) && html`<span class="tag tag-quiet">this run</span>`}
    <span class="quiet small">${node.score !== null && `score ${formatScore(node.score)} · `}${formatInstant(node.createdAt)} · dataset <span class="id">${visibleLine(node.datasetId, 24)}</span></span></div>`;
}
