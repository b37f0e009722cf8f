import { headOf } from '../../../../shared/intake/formats/peek.ts';
import type {
  FormatItem,
  PassedOver,
  RawTrace,
  TraceFormat,
  UnreadableRecord,
} from '../../../../shared/ports/trace-format.ts';
import { bytesOf } from '../bytes.ts';

/** What a format makes of a file. */
export interface ReadItems {
  readonly items: readonly FormatItem[];
  readonly traces: readonly RawTrace[];
  /** Of the traces that are traces, not judgements alone. */
  readonly calls: readonly RawTrace[];
  /** By trace id: the labels and scores that were said, of a trace or apart. */
  readonly said: readonly (readonly [unknown, string | null, number | null])[];
  readonly unreadable: readonly UnreadableRecord[];
  /** How many were passed over, by what they are. */
  readonly passedOver: Readonly<Record<string, number>>;
}

/** Reads a file by a format; a list of values is written as JSON lines. */
export async function itemsOf(
  format: TraceFormat,
  content: string | Uint8Array | readonly unknown[],
): Promise<ReadItems> {
  const items: FormatItem[] = [];
  for await (const item of format.read(bytesOf(fileOf(content), 4_096), 'file.json')) items.push(item);
  const traces = items.filter((item): item is RawTrace => item.kind === 'trace');
  const passed = items.filter((item): item is PassedOver => item.kind === 'passed-over');
  return {
    items,
    traces,
    calls: traces.filter(({ fields }) => 'input' in fields),
    said: traces.flatMap(({ fields, annotations }) =>
      annotations.map(({ label, score }) => [fields.traceId, label, score] as const),
    ),
    unreadable: items.filter((item): item is UnreadableRecord => item.kind === 'unreadable'),
    passedOver: Object.fromEntries(
      Object.entries(Object.groupBy(passed, ({ what }) => what)).map(([what, all]) => [what, all?.length ?? 0]),
    ),
  };
}

/** Whether a format takes a file for its own. */
export function detects(format: TraceFormat, content: string | Uint8Array | readonly unknown[]): boolean {
  const file = fileOf(content);
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file;
  return format.detects(headOf(bytes.subarray(0, 65_536), bytes.length <= 65_536));
}

function fileOf(content: string | Uint8Array | readonly unknown[]): string | Uint8Array {
  if (typeof content === 'string' || content instanceof Uint8Array) return content;
  return content.map((value) => `${JSON.stringify(value)}\n`).join('');
}
