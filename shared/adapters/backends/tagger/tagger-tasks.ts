import type { MessagePort } from 'node:worker_threads';
import { namedFrom } from '../../../domain/triage/likely-place.ts';
import type { Entity } from '../../../tasks/extraction/entity.ts';
import type { ExtractionSpec } from '../../../tasks/extraction/extraction-spec.ts';
import { checkDigest } from '../embedded/artifact.ts';
import type { SharedArtifact, WeighedArtifact } from '../embedded/shared-artifact.ts';
import type { HeldOutPart } from '../embedded/training-rows.ts';
import { averageTaggers } from './average-taggers.ts';
import { fitTagger } from './fit-tagger.ts';
import { type TaggedText, Tagger } from './tag-texts.ts';
import { decodeTagger, encodeTagger } from './tagger-artifact.ts';
import type { TaggerConfiguration } from './tagger-configuration.ts';
import type { TaggerModel } from './tagger-model.ts';

export interface FitTaggerTask {
  readonly dataset: Uint8Array;
  /** All types of entities of the task. */
  readonly labels: readonly string[];
  readonly overlaps: ExtractionSpec['overlaps'];
  readonly configuration: TaggerConfiguration;
  readonly seed: number;
  readonly heldOut: HeldOutPart | null;
  /** Takes `[done, total]`. */
  readonly progress: MessagePort;
}

/** A tagger as its artifact has it. */
export interface FittedTaggerBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly examples: number;
  /** Mean negative log-likelihood a text in the last epoch, in nats; of several layers their sum. */
  readonly finalLoss: number;
}

export interface AverageTaggersTask {
  /** Their parts sum to 1. */
  readonly parts: readonly WeighedArtifact[];
  readonly threshold: number;
}

export interface TagTask {
  readonly artifact: SharedArtifact;
  readonly inputs: readonly string[];
  /** Entities to name with their probability, by input; null names none but those that are answered. */
  readonly weighed: readonly (readonly Entity[])[] | null;
}

/** How likely an entity is at its place in each of several texts. */
export interface ChancesTask extends Pick<TagTask, 'artifact' | 'inputs'> {
  readonly entity: Pick<Entity, 'label' | 'start' | 'end'>;
}

export function fitTaggerBytes({ progress, ...task }: FitTaggerTask): FittedTaggerBytes {
  const onProgress = (done: number, total: number): void => progress.postMessage([done, total]);
  const { model, examples, finalLoss } = fitTagger({ ...task, onProgress });
  return { bytes: encodeTagger(model), examples, finalLoss };
}

export function averageTaggerBytes({ parts, threshold }: AverageTaggersTask): Uint8Array<ArrayBuffer> {
  const models = parts.map(({ bytes, stored, part }) => ({
    model: stored === null ? decodeTagger(bytes) : taggerModelOf({ bytes, ...stored }),
    part,
  }));
  return encodeTagger(averageTaggers(models, threshold));
}

/** @throws RatchetError CorruptArtifact */
export function taggerOf(artifact: SharedArtifact): Tagger {
  return new Tagger(taggerModelOf(artifact));
}

function taggerModelOf({ bytes, digest, ref }: SharedArtifact): TaggerModel {
  checkDigest(bytes, digest, ref);
  return decodeTagger(bytes, ref);
}

/** One probability an input; null where the tagger cannot tell. */
export function chancesIn(tagger: Tagger, { inputs, entity }: ChancesTask): readonly (number | null)[] {
  return inputs.map((input) => tagger.chance(input, entity));
}

export function tagAll(
  tagger: Tagger,
  { inputs, weighed }: Pick<TagTask, 'inputs' | 'weighed'>,
): readonly (TaggedText | null)[] {
  return inputs.map((input, at) =>
    tagger.tag(input, weighed === null ? null : { weighed: weighed[at] ?? [], least: namedFrom }),
  );
}
