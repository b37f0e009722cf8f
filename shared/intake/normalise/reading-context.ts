import type { LabelReading } from '../../domain/base/label-change.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { TaskSpec } from '../../domain/base/task-spec.ts';
import type { Model } from '../../domain/models/model.ts';
import { labelReadingOf } from '../../domain/models/model-change.ts';
import type { JudgeKind } from '../../domain/traces/judgement.ts';
import type { TraceFormat } from '../../ports/trace-format.ts';
import type { FieldMap } from './field-map.ts';
import type { GivenJudgement } from './given-judgement.ts';
import type { Notes } from './notes.ts';
import { isPlausibleTime, type ReadTime, readTime } from './read-time.ts';
import type { ScoreNames } from './score-names.ts';

/** What a person has said of files that are to be read. */
export interface ReadingOptions {
  /** Where fields are taken from, by field. */
  readonly map: FieldMap;
  /** From this score on an answer passes; null where scores are no verdicts. */
  readonly passAt: number | null;
  /** Who judged, where a file does not tell; null for nobody known. */
  readonly judge: JudgeKind | null;
  /** Names of the scores that are verdicts; empty to tell by their names. */
  readonly scores: readonly string[];
}

export const plainReading: ReadingOptions = { map: new Map(), passAt: null, judge: null, scores: [] };

/** All that reading one record of a file depends on. */
export class ReadingContext {
  readonly modelId: string;
  readonly task: TaskSpec;
  readonly kind: TaskKind;
  /** Null where the labels of the model were never changed. */
  readonly labelReading: LabelReading | null;
  readonly format: Pick<TraceFormat, 'name' | 'zone' | 'freeNames'>;
  readonly map: FieldMap;
  readonly passAt: number | null;
  readonly judge: JudgeKind | null;
  readonly notes: Notes;
  readonly scoreNames: ScoreNames;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Fields whose mapped place was there in some record. */
  readonly mapped = new Set<string>();

  constructor(given: {
    readonly model: Pick<Model, 'modelId' | 'task' | 'changes'>;
    readonly kind: TaskKind;
    readonly format: Pick<TraceFormat, 'name' | 'zone' | 'freeNames'>;
    readonly options: ReadingOptions;
    readonly notes: Notes;
    readonly scoreNames: ScoreNames;
    readonly now: number;
  }) {
    this.modelId = given.model.modelId;
    this.task = given.model.task;
    this.kind = given.kind;
    this.labelReading = labelReadingOf(given.model, given.kind);
    this.format = given.format;
    this.map = given.options.map;
    this.passAt = given.options.passAt;
    this.judge = given.options.judge;
    this.notes = given.notes;
    this.scoreNames = given.scoreNames;
    this.now = given.now;
  }

  /** A time, with what was assumed of it noted; null for what is none. */
  time(value: unknown): string | null {
    const time = readTime(value);
    if (time === null) return null;
    this.#note(time);
    return time.iso;
  }

  /** When something was judged; `at` is null where that is not known, and where it cannot be. */
  timeOfJudging(value: unknown): Pick<GivenJudgement, 'at' | 'saidAt'> {
    if (value === null || value === undefined || value === '') return { at: null };
    const time = readTime(value);
    if (time !== null && isPlausibleTime(time.iso, this.now)) {
      this.#note(time);
      return { at: time.iso };
    }
    this.notes.add('times of judging that cannot be: the time of ingest is taken');
    return { at: null, ...(time === null ? {} : { saidAt: time.iso }) };
  }

  #note({ assumed }: ReadTime): void {
    if (assumed === 'no-time') this.notes.add('dates without a time read as midnight UTC');
    else if (assumed === 'no-zone')
      this.notes.add(
        this.format.zone === null
          ? 'times without a zone read as UTC'
          : `times without a zone read as ${this.format.zone}, as the format has them`,
      );
  }
}
