import type { MessagePort } from 'node:worker_threads';
import { namedFrom } from '../../../domain/triage/likely-place.ts';
import type { Entity } from '../../../tasks/extraction/entity.ts';
import type { ExtractionSpec } from '../../../tasks/extraction/extraction-spec.ts';
import { checkDigest } from '../embedded/artifact.ts';
import type { HeldOutPart } from '../embedded/training-rows.ts';
import { averageTaggers } from './average-taggers.ts';
import { fitTagger } from './fit-tagger.ts';
import { type TaggedText, Tagger } from './tag-texts.ts';
import { decodeTagger, encodeTagger } from './tagger-artifact.ts';
import type { TaggerConfiguration } from './tagger-configuration.ts';

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
  /** Their parts sum to 1. An artifact from elsewhere has the digest that it is checked by. */
  readonly parts: readonly { readonly bytes: Uint8Array; readonly digest: string | null; readonly part: number }[];
  readonly threshold: number;
}

export interface TagTask {
  readonly artifact: { readonly bytes: Uint8Array; readonly digest: string };
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
  const models = parts.map(({ bytes, digest, part }) => {
    if (digest !== null) checkDigest(bytes, digest);
    return { model: decodeTagger(bytes), part };
  });
  return encodeTagger(averageTaggers(models, threshold));
}

/** @throws RatchetError CorruptArtifact */
export function taggerOf({ bytes, digest }: TagTask['artifact']): Tagger {
  checkDigest(bytes, digest);
  return new Tagger(decodeTagger(bytes));
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
