import { LRUCache } from 'lru-cache';
import { RatchetError } from '../../domain/base/errors.ts';
import { outputToday } from '../../domain/base/output-today.ts';
import type { Example } from '../../domain/models/example.ts';
import { provenanceInWords } from '../../loop/inspect/training-of.ts';
import { modeMeanings, sliceTitles } from '../../loop/report/plain-words.ts';
import { readDataset } from '../../operations/stored-records.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Ports } from '../../ports/ports.ts';
import { readingOf } from '../../ports/reading-of.ts';
import { unknownModel } from '../../ports/unknown-model.ts';
import type { CurriculumPage, DatasetSummary } from './messages.ts';
import { cut } from './report-messages.ts';

/** Which examples of a dataset are asked for. */
export interface ExamplesAsked {
  /** Null for all. */
  readonly slice: string | null;
  readonly from: string | null;
  /** What the input, the output or the provenance must hold, in any case; empty for all. */
  readonly text: string;
  readonly after: number;
  readonly limit: number;
}

/** Datasets of which the examples are held, and for how long. */
const mostHeld = 3;
const heldMs = 60_000;

/** Training sets of models, and their examples. */
export class Datasets {
  readonly #ports: Ports;
  readonly #held = new LRUCache<string, readonly Example[]>({ max: mostHeld, ttl: heldMs });

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Newest first. @throws RatchetError UnknownModel */
  async list(modelId: string): Promise<DatasetSummary[]> {
    const { lineage } = this.#ports;
    const [control, datasets, checkpoints] = await Promise.all([
      lineage.getControl(modelId),
      lineage.listDatasets(modelId),
      lineage.listCheckpoints(modelId),
    ]);
    if (control === undefined) throw await unknownModel(modelId, this.#ports);
    return datasets.toReversed().map(({ manifest, ...dataset }) => {
      const trained = checkpoints.filter(({ datasetId }) => datasetId === dataset.datasetId);
      return {
        dataset: dataset.datasetId,
        mode: dataset.mode,
        meaning: modeMeanings[dataset.mode],
        run: dataset.runId,
        iteration: dataset.iteration,
        createdAt: dataset.createdAt,
        examples: manifest.examples,
        trained: trained.map(({ checkpointId }) => checkpointId),
        ofChampion: trained.some(({ checkpointId }) => checkpointId === control.championId),
        bands: manifest.bands.map(({ slice, examples, share, lower, upper, met, reason }) => {
          return { slice, title: sliceTitles[slice], examples, share, lower, upper, met, reason };
        }),
        controls: [...manifest.controls],
        leftOut: Object.entries(manifest.leftOut).map(([why, count]) => ({ why, count })),
        notes: [...manifest.notes],
      };
    });
  }

  /** A page of the examples, in the order of the dataset. @throws RatchetError UnknownModel, InvalidInput */
  async examples(modelId: string, datasetId: string, asked: ExamplesAsked): Promise<CurriculumPage> {
    const model = await this.#ports.lineage.getModel(modelId);
    if (model === undefined) throw await unknownModel(modelId, this.#ports);
    const kind = kindOf(model, this.#ports);
    const reading = readingOf(model, this.#ports);
    const text = asked.text.toLowerCase();
    const found = (await this.#read(modelId, datasetId))
      .filter(({ slice, provenance }) => {
        return (
          (asked.slice === null || slice === asked.slice) && (asked.from === null || provenance.kind === asked.from)
        );
      })
      .map((example) => ({
        example,
        output: kind.show(outputToday(example.output, reading)),
        why: provenanceInWords(example.provenance),
      }))
      .filter(({ example, output, why }) => {
        return text === '' || [example.input, output, why].some((one) => one.toLowerCase().includes(text));
      });
    const page = found.slice(asked.after, asked.after + asked.limit);
    const end = asked.after + page.length;
    return {
      total: found.length,
      next: end < found.length ? end : null,
      examples: page.map(({ example: { exampleId, input, weight, slice, provenance }, output, why }) => ({
        id: exampleId,
        input: cut(input),
        output,
        weight,
        slice,
        from: provenance.kind,
        why,
        traceId: 'traceId' in provenance ? provenance.traceId : null,
      })),
    };
  }

  async #read(modelId: string, datasetId: string): Promise<readonly Example[]> {
    const key = `${modelId} ${datasetId}`;
    const known = this.#held.get(key);
    if (known !== undefined) return known;
    const dataset = await this.#ports.lineage.getDataset(modelId, datasetId);
    if (dataset === undefined) throw new RatchetError('InvalidInput', 'The model has no such dataset.');
    const examples = await readDataset(dataset, this.#ports);
    this.#held.set(key, examples);
    return examples;
  }
}
