import type { Checkpoint } from '../domain/models/checkpoint.ts';

/** A file of an exported model. */
export interface ExportedFile {
  /** Path below the folder, with `/`. */
  readonly name: string;
  readonly body: Uint8Array;
}

export interface ExportedModel {
  readonly files: readonly ExportedFile[];
  /** What goes into the folder's `model.json` beside what is known of every model. */
  readonly header: Readonly<Record<string, unknown>>;
  /**
   * How the folder is used, in Markdown, where it holds no readers `predict.mjs` and `predict.py`: then it answers by the labels
   * that the checkpoint was trained with.
   */
  readonly usage?: string;
  /** Whether it is answered by others, who may have it no more: then the folder goes out without its test cases. */
  readonly answersElsewhere?: boolean;
  /** What an answer is, a sentence or two. */
  readonly answers: string;
  /** What the folder needs and how its files are laid out, in Markdown. */
  readonly layout: string;
  /** Licences of what is in it, a sentence each. */
  readonly licences: readonly string[];
  /** By how much a confidence may differ from that of this program. */
  readonly tolerance: number;
  /** What could not be exported, with the reason. */
  readonly leftOut: readonly string[];
}

/** Makes files of a checkpoint that answer without this program. One for each predictor that can. */
export interface Exporter {
  /** Name of the predictor whose checkpoints it exports. */
  readonly predictor: string;
  /**
   * @param nameOf what a label of the checkpoint is called today; several that have one name answer as one
   * @throws RatchetError ObjectMissing, CorruptArtifact
   */
  export(checkpoint: Checkpoint, nameOf: (label: string) => string): Promise<ExportedModel>;
}
