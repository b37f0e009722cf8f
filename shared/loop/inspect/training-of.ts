import type { LabelReading } from '../../domain/base/label-change.ts';
import type { Output } from '../../domain/base/output.ts';
import { outputToday } from '../../domain/base/output-today.ts';
import type { Checkpoint } from '../../domain/models/checkpoint.ts';
import type { Dataset } from '../../domain/models/dataset.ts';
import type { Example, Provenance, Slice } from '../../domain/models/example.ts';
import { SimilarityIndex } from '../../domain/similarity/similarity-index.ts';
import { readDataset } from '../../operations/stored-records.ts';
import type { Ports } from '../../ports/ports.ts';

/** A training example that is like an input; its output in the labels of today. */
export interface Neighbour {
  readonly input: string;
  readonly output: Output;
  /** Cosine of the TF-IDF vectors of both, a fraction. */
  readonly similarity: number;
  /** Where the example comes from, in words. */
  readonly from: string;
  readonly slice: Slice;
  readonly weight: number;
  /** Whether it is this very text. */
  readonly same: boolean;
}

/** An example of a dataset that an input has become, or was made into; its output in the labels of today. */
export interface TaughtBy {
  readonly dataset: Pick<Dataset, 'datasetId' | 'runId' | 'iteration' | 'mode'>;
  readonly slice: Slice;
  readonly weight: number;
  readonly output: Output;
  readonly from: string;
  /** Folds whose models did not train it. */
  readonly folds: readonly number[];
  /** Checkpoints trained on the dataset, oldest first. */
  readonly checkpointIds: readonly string[];
}

const mostNeighbours = 5;
/** So many datasets are read, the newest ones. */
const mostDatasets = 30;

/** The examples most like the input of the dataset that a checkpoint was trained on, most similar first. */
export async function nearestExamples(
  modelId: string,
  { datasetId }: Checkpoint,
  input: string,
  reading: LabelReading | null,
  ports: Pick<Ports, 'lineage' | 'objects' | 'tasks'>,
): Promise<readonly Neighbour[]> {
  const dataset = await ports.lineage.getDataset(modelId, datasetId);
  if (dataset === undefined) return [];
  const examples = await readDataset(dataset, ports);
  const index = new SimilarityIndex(examples.map((example) => example.input));
  return index.nearest(input, mostNeighbours).flatMap(({ index: at, similarity }): Neighbour[] => {
    const example = examples[at];
    if (example === undefined) return [];
    const { slice, weight, provenance } = example;
    const output = outputToday(example.output, reading);
    const same = example.input === input;
    return [{ input: example.input, output, similarity, from: provenanceInWords(provenance), slice, weight, same }];
  });
}

/** What an input, or what was made of its trace, did in the datasets of its model, newest dataset first. */
export async function taughtBy(
  what: {
    readonly modelId: string;
    /** Null for a text that is no trace. */
    readonly traceId: string | null;
    readonly input: string;
    readonly checkpoints: readonly Checkpoint[];
    /** Null where the labels were never changed. */
    readonly reading: LabelReading | null;
  },
  ports: Pick<Ports, 'lineage' | 'objects' | 'tasks'>,
): Promise<{ readonly taught: readonly TaughtBy[]; readonly leftOut: number }> {
  const datasets = (await ports.lineage.listDatasets(what.modelId)).toReversed();
  const taught: TaughtBy[] = [];
  for (const dataset of datasets.slice(0, mostDatasets)) {
    const examples = await readDataset(dataset, ports);
    const checkpointIds = what.checkpoints
      .filter(({ datasetId }) => datasetId === dataset.datasetId)
      .map(({ checkpointId }) => checkpointId)
      .reverse();
    for (const example of examples.filter((one) => isOf(one, what))) {
      const { slice, weight, provenance, folds } = example;
      const output = outputToday(example.output, what.reading);
      taught.push({ dataset, slice, weight, output, from: provenanceInWords(provenance), folds, checkpointIds });
    }
  }
  return { taught, leftOut: Math.max(0, datasets.length - mostDatasets) };
}

function isOf(example: Example, what: { readonly traceId: string | null; readonly input: string }): boolean {
  const { provenance } = example;
  return example.input === what.input || ('traceId' in provenance && provenance.traceId === what.traceId);
}

/** Where an example comes from, in words. */
export function provenanceInWords(provenance: Provenance): string {
  switch (provenance.kind) {
    case 'trace': {
      const judge = provenance.judge === null ? '' : `, judged by ${provenance.judge}`;
      return `trace ${provenance.traceId}${judge}: ${provenance.why}`;
    }
    case 'parent':
      return `dataset ${provenance.datasetId} of the champion before`;
    case 'file':
      return `line ${provenance.line} of the first examples`;
    case 'probe':
      return `probe made of trace ${provenance.traceId}`;
    case 'synthesis':
      return provenance.by === undefined
        ? `${provenance.method} of trace ${provenance.traceId}`
        : `written after trace ${provenance.traceId} by agent ${provenance.by.agentId}, turn ${provenance.by.turn}`;
  }
}
