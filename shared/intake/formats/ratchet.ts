import type { FileHead, FormatItem, TraceFormat } from '../../ports/trace-format.ts';
import { parseJsonObject } from '../parse-json-line.ts';
import { readLines } from '../read-lines.ts';

/** Ratchet's own: one JSON object a line, by the names of docs/trace.schema.json. */
export const ratchetFormat: TraceFormat = {
  name: 'ratchet',
  title: 'JSON lines of Ratchet',
  zone: null,
  freeNames: true,
  detects: beginsLikeJsonLines,
  read: readTraceLines,
};

/** How many lines may precede the first object: notes of a tool, a cut line. */
const linesLookedAt = 20;

function beginsLikeJsonLines({ text }: FileHead): boolean {
  const lines = text.split('\n', linesLookedAt).map((line) => line.trim());
  const first = lines.find((line) => line !== '');
  return first !== undefined && (/^\{\s*["}]/.test(first) || lines.some((line) => /^\{\s*"/.test(line)));
}

async function* readTraceLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<FormatItem> {
  for await (const line of readLines(chunks)) {
    if (line.kind === 'unreadable') {
      yield { kind: 'unreadable', line: line.number, text: line.head, reason: line.reason, mend: line.mend };
      continue;
    }
    const object = parseJsonObject(line.text);
    if (object.ok) {
      const { value } = object;
      yield { kind: 'trace', line: line.number, text: line.text, fields: value, annotations: [], source: value };
    } else {
      yield { kind: 'unreadable', line: line.number, text: line.text, ...object.problem };
    }
  }
}
