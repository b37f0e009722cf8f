import { RatchetError } from '../../domain/base/errors.ts';
import type { SourceRecord } from '../../ports/source-record.ts';
import type { FormatItem } from '../../ports/trace-format.ts';
import { isLangfuseObservation, readGeneration } from './langfuse-observation.ts';
import { isLangfuseScore, readScore, subjectOf } from './langfuse-score.ts';
import { isLangfuseTrace, readWholeTrace } from './langfuse-trace.ts';
import { formatOfRecords, type RecordShape } from './record-shape.ts';
import type { JsonObject } from './records.ts';
import { idOf } from './untrusted.ts';

/** Traces of which the first generation is remembered; those of one trace stand near each other in an export. */
const tracesRemembered = 200_000;

/**
 * Exports of Langfuse: observations (of old and enriched exports, and of the interface), traces and scores, each in a
 * file of its own or mixed.
 *
 * By langfuse/langfuse-docs, `blob-storage-export-fields.mdx` (at 05bdc0e: names, times in UTC without a zone),
 * `scores-api.mdx` (at 0c477be: corrections, `subject`) and `observations-api.mdx` (at 01e3015); the interface writes
 * the same names in camel case.
 *
 * A generation is an inference. Its trace id is that of the trace, which is what scores, corrections and other tools
 * name; further generations of the same trace, in the order of the file, have `TRACE:OBSERVATION`. A score of a generation
 * of the same file has its id; one of another observation of such a trace is of the trace. In a file of scores alone, those
 * of the first observation that is scored of a trace are of the trace, those of each further one of `TRACE:OBSERVATION`.
 */
export const langfuseShape: RecordShape = {
  name: 'langfuse',
  title: 'an export of Langfuse',
  zone: 'UTC',
  freeNames: false,
  recognises: (record) => isLangfuseObservation(record) || isLangfuseScore(record) || isLangfuseTrace(record),
  begin: (file) => {
    const export_ = new LangfuseExport(file);
    return (record) => export_.read(record);
  },
};

export const langfuseFormat = formatOfRecords(langfuseShape);

class LangfuseExport {
  readonly #file: string;
  /** The first generation of each trace, the oldest first. */
  readonly #firsts = new Map<string, string>();
  /** Trace ids of further generations, the oldest first. */
  readonly #further = new Set<string>();
  /** The first observation of each trace that was scored without being known. */
  readonly #scored = new Map<string, string>();
  #isFirst = true;

  constructor(file: string) {
    this.#file = file;
  }

  read(record: SourceRecord): FormatItem {
    const { value, line } = record;
    this.#checkFields(value);
    if (isLangfuseScore(value)) return readScore(record, (subject) => this.#traceIdOfScore(subject));
    if (isLangfuseObservation(value)) {
      if (value.type !== 'GENERATION')
        return { kind: 'passed-over', line, what: 'observations that are no generation' };
      return readGeneration(record, (traceId, observationId) => this.#traceIdOf(traceId, observationId));
    }
    if (isLangfuseTrace(value)) return readWholeTrace(record);
    return { kind: 'passed-over', line, what: 'records that are no observation, trace or score of Langfuse' };
  }

  #traceIdOf(traceId: string, observationId: string): string {
    const first = this.#firsts.get(traceId) ?? observationId;
    this.#firsts.set(traceId, first);
    forgetOldest(this.#firsts);
    if (first === observationId) return traceId;
    const further = `${traceId}:${observationId}`;
    this.#further.add(further);
    forgetOldest(this.#further);
    return further;
  }

  #traceIdOfScore({ traceId, observationId }: { traceId: string; observationId: string | null }): string {
    if (observationId === null) return traceId;
    const further = `${traceId}:${observationId}`;
    if (this.#firsts.has(traceId)) return this.#further.has(further) ? further : traceId;
    const first = this.#scored.get(traceId) ?? observationId;
    this.#scored.set(traceId, first);
    forgetOldest(this.#scored);
    return first === observationId ? traceId : further;
  }

  /** What was left out when the file was exported is missing in all of its records: that is one fault. */
  #checkFields(value: JsonObject): void {
    const { type } = value;
    const isObservation = isLangfuseObservation(value);
    if (!this.#isFirst || (isObservation && type !== 'GENERATION')) return;
    this.#isFirst = false;
    if (isObservation && !('input' in value) && !('output' in value)) {
      throw new RatchetError('InvalidInput', `${this.#file} has neither inputs nor outputs of its observations.`, {
        mend: 'Export them with the field group io (for the interface: fields=core,basic,io).',
      });
    }
    if (isLangfuseScore(value) && 'dataType' in value && subjectOf(value) === null && idOf(value.sessionId) === null) {
      throw new RatchetError('InvalidInput', `${this.#file} does not say what its scores are about.`, {
        mend: 'Ask for it: GET /api/public/v3/scores?fields=details,subject,annotation.',
      });
    }
  }
}

function forgetOldest(remembered: Map<string, string> | Set<string>): void {
  if (remembered.size <= tracesRemembered) return;
  for (const oldest of remembered.keys()) {
    remembered.delete(oldest);
    return;
  }
}
