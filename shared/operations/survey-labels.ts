import { nearestName } from '../domain/base/nearest-name.ts';
import { compareText } from '../domain/base/text.ts';
import { examplesToday } from '../domain/curriculum/examples-today.ts';
import type { Example } from '../domain/models/example.ts';
import type { Model } from '../domain/models/model.ts';
import { readThrough } from '../domain/traces/read-through.ts';
import { whatCounts } from '../domain/traces/what-counts.ts';
import { kindOf } from '../ports/kind-of.ts';
import type { Ports } from '../ports/ports.ts';
import { readingOf } from '../ports/reading-of.ts';
import type { LoggedTrace } from '../ports/trace-log.ts';
import { readDataset } from './stored-records.ts';

type SurveyPorts = Pick<Ports, 'lineage' | 'objects' | 'traceLog' | 'tasks'>;

/** What is on record of one label of a task (an entity type, …). */
export interface LabelCount {
  readonly label: string;
  /** Examples of the champion's dataset. */
  readonly examples: number;
  /** Judged traces whose right output has it. */
  readonly judged: number;
}

/** Judged traces whose right output has a name that the task does not know: they count once it does. */
export interface HeldLabel {
  readonly label: string;
  readonly judged: number;
  /** The label that was most probably meant; null for none. */
  readonly nearest: string | null;
}

export interface LabelSurvey {
  /** Every label of the task, by name. */
  readonly labels: readonly LabelCount[];
  /** Most first. */
  readonly held: readonly HeldLabel[];
  /** What changes of labels have left open, and a person has to judge anew. */
  readonly leftOpen: { readonly examples: number; readonly judged: number };
}

/** What labels are counted in: as it is stored. */
export interface LabelMaterial {
  /** Of the champion's dataset; none without a champion. */
  readonly examples: readonly Example[];
  /** The newest traces, as many as a run looks at. */
  readonly traces: readonly LoggedTrace[];
}

/** Reads what a model's labels are counted in. */
export async function readLabelMaterial(model: Model, ports: SurveyPorts): Promise<LabelMaterial> {
  const { modelId, settings } = model;
  const control = await ports.lineage.getControl(modelId);
  const championId = control?.championId ?? null;
  const champion = championId === null ? undefined : await ports.lineage.getCheckpoint(modelId, championId);
  const dataset = champion && (await ports.lineage.getDataset(modelId, champion.datasetId));
  const [examples, traces] = await Promise.all([
    dataset === undefined ? [] : readDataset(dataset, ports),
    ports.traceLog.read(modelId, { limit: settings.snapshotLimit }),
  ]);
  return { examples, traces };
}

/** Counts a model's labels, as they read through its label changes. */
export function surveyLabels(
  model: Pick<Model, 'task' | 'changes'>,
  material: LabelMaterial,
  ports: Pick<Ports, 'tasks'>,
): LabelSurvey {
  const kind = kindOf(model, ports);
  const reading = readingOf(model, ports);
  const known = [...kind.knownFacets(model.task)];
  const today = examplesToday(material.examples, reading);
  const examples = countsOf(today.examples.map(({ output }) => kind.facets(output)));
  const right: (readonly string[])[] = [];
  const unknown: (readonly string[])[] = [];
  let openTraces = 0;
  for (const logged of material.traces) {
    const read = readThrough(logged, kind, reading);
    const found = whatCounts(read, model.task, kind);
    if (found.kind === 'held') unknown.push(kind.facets(found.expected).filter((facet) => !known.includes(facet)));
    if (found.kind === 'none' && read.leftOpen.length > 0) openTraces += 1;
    if (found.kind !== 'counts') continue;
    const { expected, verdict } = found.judgement;
    const output = expected ?? (verdict === 'pass' ? read.trace.output : null);
    if (output !== null) right.push(kind.facets(output));
  }
  const judged = countsOf(right);
  return {
    labels: known
      .sort(compareText)
      .map((label) => ({ label, examples: examples.get(label) ?? 0, judged: judged.get(label) ?? 0 })),
    held: [...countsOf(unknown)]
      .map(([label, count]) => ({ label, judged: count, nearest: nearestName(label, known) }))
      .sort((a, b) => b.judged - a.judged || compareText(a.label, b.label)),
    leftOpen: { examples: today.leftOpen.length, judged: openTraces },
  };
}

function countsOf(facets: readonly (readonly string[])[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const facet of facets.flat()) counts.set(facet, (counts.get(facet) ?? 0) + 1);
  return counts;
}
