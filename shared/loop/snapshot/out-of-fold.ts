import { digest } from '../../domain/base/ids.ts';
import type { Output } from '../../domain/base/output.ts';
import { partsOf } from '../../domain/base/part-size.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { Parts } from '../../domain/evaluation/fold.ts';
import type { Configuration } from '../../domain/models/configuration.ts';
import type { Example } from '../../domain/models/example.ts';
import { byAskedModel } from '../../domain/models/fold-models.ts';
import type { Model } from '../../domain/models/model.ts';
import type { PinnedRecord } from '../../domain/traces/trace-record.ts';
import type { LikelyPlace } from '../../domain/triage/likely-place.ts';
import type { OutOfFold } from '../../domain/triage/off-domain.ts';
import { answerWith } from '../../ports/back-ends.ts';
import { writeJsonl } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Prediction } from '../../ports/predictor.ts';
import { toEnd } from '../../ports/to-end.ts';
import type { Trainer } from '../../ports/trainer.ts';
import { foldFile } from '../engine/fold-files.ts';
import type { StageContext } from '../engine/stage.ts';

/** Records that a model is asked about at once. */
const askedAtOnce = 5_000;

/** A record in its place, with the output that it teaches. */
export interface PassItem extends Pick<PinnedRecord, 'traceId' | 'input' | 'folds' | 'use'> {
  readonly output: Output;
}

export interface PassRequest {
  /** Tells this pass's files from those of others of the stage. */
  readonly name: string;
  /** The records that fold models learn from, each in the parts that it is not held out of. */
  readonly learns: readonly PassItem[];
  /** The records that are asked about, with the outputs that judgements give, whose places are weighed. */
  readonly asked: readonly (Omit<PassItem, 'output'> & { readonly expected: Output | null })[];
  /** Examples that train beside them. */
  readonly base: readonly Example[];
  readonly parts: Parts;
  readonly model: Model;
  readonly trainer: Trainer;
  readonly configuration: Configuration;
  readonly seed: number;
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * What fold models say of each record that they have not seen, nor anything near it, by trace id. A record that trains
 * everywhere gets nothing said, and nobody does where there is nothing to learn from. Files stay for
 * `removeFoldFiles`.
 */
export async function probabilitiesOutOfFold(
  { name, learns, asked, base, parts, model, trainer, ...request }: PassRequest,
  { ports, key }: Pick<StageContext, 'ports' | 'key'>,
): Promise<ReadonlyMap<string, OutOfFold>> {
  const said = new Map<string, OutOfFold>();
  const examples = [...base, ...learns.map(asExample)];
  if (examples.length === 0) return said;
  const kind = kindOf(model, ports);
  const datasetKey = key(foldFile(name, 0, 'jsonl'));
  await writeJsonl(ports.objects, datasetKey, examples);
  const artifactKey = key(foldFile(name, parts, 'bin'));
  const trained = await toEnd(
    trainer,
    artifactKey,
    {
      task: model.task,
      datasetKey,
      configuration: request.configuration,
      seed: request.seed,
      teacher: null,
      artifactKey,
      predictor: trainer.predictors[0] ?? trainer.name,
      folds: {
        parts,
        models: Array.from({ length: parts }, (_, part) => ({ part, artifactKey: key(foldFile(name, part, 'bin')) })),
      },
    },
    request.onProgress,
  );
  const groups = byAskedModel(
    asked.filter(({ folds }) => folds.length > 0),
    trained,
  );
  const alternatives = kind.knownFacets(model.task).length;
  // One part after the other: what is said of a record takes less room than its prediction.
  for (const { served, items } of groups) {
    for (const part of partsOf(items, askedAtOnce)) {
      const predictions = await answerWith(
        { served },
        part.map(({ input }) => input),
        ports,
        { alternatives, weighed: part.map(({ expected }) => expected) },
      );
      for (const [index, { traceId }] of part.entries()) {
        const prediction = predictions[index];
        if (prediction !== undefined && prediction.alternatives.length > 0) said.set(traceId, saidBy(prediction, kind));
      }
    }
  }
  return said;
}

function saidBy({ alternatives, parts }: Prediction, kind: TaskKind): OutOfFold {
  return {
    labels: alternatives.map(({ output }) => kind.key(output)),
    probabilities: alternatives.map(({ confidence }) => confidence),
    ...(parts === undefined ? {} : { places: parts.flatMap((part) => placesOf(part, kind)) }),
  };
}

function placesOf(part: { output: Output; confidence: number }, kind: Pick<TaskKind, 'marks'>): LikelyPlace[] {
  return (kind.marks?.(part.output) ?? []).map((mark) => ({ ...mark, probability: part.confidence }));
}

function asExample({ traceId, input, output, folds }: PassItem): Example {
  return {
    exampleId: digest(traceId),
    input,
    output,
    weight: 1,
    slice: 'gold',
    provenance: { kind: 'trace', traceId, judge: null, clusterId: null, why: 'out-of-fold' },
    folds,
  };
}
