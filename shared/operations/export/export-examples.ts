import { RatchetError } from '../../domain/base/errors.ts';
import type { Output } from '../../domain/base/output.ts';
import { outputToday } from '../../domain/base/output-today.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { Model } from '../../domain/models/model.ts';
import { readThrough } from '../../domain/traces/read-through.ts';
import { whatCounts } from '../../domain/traces/what-counts.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Ports } from '../../ports/ports.ts';
import { readingOf } from '../../ports/reading-of.ts';
import { unknownModel } from '../../ports/unknown-model.ts';
import { chooseCheckpoint } from '../choose-checkpoint.ts';
import { readDataset } from '../stored-records.ts';
import type { ExampleWriter } from './example-writer.ts';
import { exampleWriters } from './example-writers.ts';

export interface ExportExamplesRequest {
  readonly modelId: string;
  /** Whose dataset; null for the champion's. */
  readonly checkpointId: string | null;
  /** The dataset that the checkpoint was trained on, or all traces whose right output is known. */
  readonly from: 'dataset' | 'traces';
  /** Of a writer. */
  readonly format: string;
}

export interface ExportedExamples {
  /** The file, in pieces. */
  readonly pieces: readonly string[];
  readonly examples: number;
  /** What the format cannot hold, each with how often: `entities that share characters`. */
  readonly leftOut: readonly Counted[];
  /** What is otherwise in the file than it was, each with how often. */
  readonly altered: readonly Counted[];
}

interface Counted {
  readonly reason: string;
  readonly count: number;
}

/** So many traces at most, the newest first. */
const mostTraces = 1_000_000;

/**
 * Examples, or judged traces with their right outputs, as other tools read them, in the labels of today. An example whose
 * label was split since stays as it was.
 * @throws RatchetError UnknownModel, NoChampion, UnknownCheckpoint; InvalidInput when there are none, or for a format of
 * places where the task has none
 */
export async function exportExamples(request: ExportExamplesRequest, ports: Ports): Promise<ExportedExamples> {
  const { modelId } = request;
  const model = await ports.lineage.getModel(modelId);
  if (model === undefined) throw await unknownModel(modelId, ports);
  const kind = kindOf(model, ports);
  const writer = writerNamed(request.format, kind);
  const given =
    request.from === 'traces' ? await judgedTraces(model, kind, ports) : await dataset(model, request, ports);
  const pieces: string[] = [];
  const leftOut = new Map<string, number>();
  const altered = new Map<string, number>();
  for (const [index, { input, output }] of given.entries()) {
    const marks = kind.marks?.(output) ?? null;
    const written = writer.write({ number: index + 1, input, output, marks });
    if (written.ok) {
      pieces.push(`${pieces.length === 0 ? writer.frame.begin : writer.frame.between}${written.text}`);
      for (const what of written.altered ?? []) altered.set(what, (altered.get(what) ?? 0) + 1);
    } else leftOut.set(written.reason, (leftOut.get(written.reason) ?? 0) + 1);
  }
  if (pieces.length === 0) throw nothingToWrite(request, leftOut);
  return {
    pieces: [...pieces, writer.frame.end],
    examples: pieces.length,
    leftOut: counted(leftOut),
    altered: counted(altered),
  };
}

function counted(counts: ReadonlyMap<string, number>): readonly Counted[] {
  return [...counts].map(([reason, count]) => ({ reason, count }));
}

function writerNamed(name: string, { kind, marks }: TaskKind): ExampleWriter {
  const able = exampleWriters.filter((writer) => marks !== undefined || !writer.ofPlaces);
  const found = able.find((writer) => writer.name === name);
  if (found !== undefined) return found;
  throw new RatchetError('InvalidInput', `Examples of the task ${kind} cannot be written as ${name.slice(0, 80)}.`, {
    mend: `Formats for it are: ${able.map((writer) => writer.name).join(', ')}.`,
  });
}

interface Given {
  readonly input: string;
  readonly output: Output;
}

async function dataset(
  model: Model,
  { modelId, checkpointId }: ExportExamplesRequest,
  ports: Ports,
): Promise<readonly Given[]> {
  const checkpoint = await chooseCheckpoint(modelId, checkpointId, ports);
  const found = await ports.lineage.getDataset(modelId, checkpoint.datasetId);
  if (found === undefined) {
    throw new RatchetError('ObjectMissing', `The dataset ${checkpoint.datasetId} is not on record.`);
  }
  const reading = readingOf(model, ports);
  const examples = await readDataset(found, ports);
  return examples.map(({ input, output }) => ({ input, output: outputToday(output, reading) }));
}

async function judgedTraces(model: Model, kind: TaskKind, ports: Ports): Promise<readonly Given[]> {
  const logged = await ports.traceLog.read(model.modelId, { limit: mostTraces });
  const reading = readingOf(model, ports);
  return logged.flatMap((record): Given[] => {
    const read = readThrough(record, kind, reading);
    const found = whatCounts(read, model.task, kind);
    if (found.kind !== 'counts') return [];
    const { expected, verdict } = found.judgement;
    const output = expected ?? (verdict === 'pass' ? read.trace.output : null);
    return output === null ? [] : [{ input: record.trace.input, output }];
  });
}

function nothingToWrite({ from }: ExportExamplesRequest, leftOut: ReadonlyMap<string, number>): RatchetError {
  const [reason] = leftOut.keys();
  if (reason !== undefined) {
    return new RatchetError('InvalidInput', `The format can hold none of the examples: ${reason}.`, {
      mend: 'Choose another format, such as jsonl.',
    });
  }
  return new RatchetError(
    'InvalidInput',
    from === 'traces' ? 'No trace has a right output.' : 'The dataset is empty.',
    {
      mend: 'Bring in judged traces first: ratchet ingest MODEL traces.jsonl.',
    },
  );
}
