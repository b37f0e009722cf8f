import { z } from 'zod';
import { idSchema } from '../domain/base/ids.ts';
import { jsonSchema } from '../domain/base/json.ts';
import { outputSchema } from '../domain/base/output.ts';
import { traceSchema } from '../domain/traces/trace.ts';

/** What a server has acknowledged: a trace that it answered, or a judgement that it was told, as a record of ours. */
export const journalEntrySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('trace'), trace: traceSchema.extend({ output: outputSchema.nullable() }) }),
  z.strictObject({ kind: z.literal('feedback'), modelId: idSchema, record: z.record(z.string(), jsonSchema) }),
]);
export type JournalEntry = z.infer<typeof journalEntrySchema>;

/** A stretch of the journal that nothing is added to any more. */
export interface JournalPart {
  /** Names it for good. */
  readonly name: string;
  /** In the order of their coming; what was being written when its process ended is left out. */
  read(): Promise<readonly JournalEntry[]>;
  /** Takes it away, once all of it is where it belongs. */
  remove(): Promise<void>;
}

/** Keeps what a server acknowledges until it is in the trace log, which takes many traces at a time. */
export interface TraceJournal {
  /**
   * Resolves once the entries outlive this process, however it ends.
   * @throws RatchetError StorageFailure: none of them is kept
   */
  append(entries: readonly JournalEntry[]): Promise<void>;
  /**
   * Closes the part that is written to, and begins another.
   * @returns all closed parts, oldest first, those that ended processes left behind among them
   */
  close(): Promise<readonly JournalPart[]>;
}
