import { readLines } from './read-lines.ts';

/** Texts of a file without labels, and how many lines hold none. */
export interface ReadTexts {
  readonly texts: readonly string[];
  readonly refused: number;
}

/** Reads a text a line: `{"input"}` or `{"text"}`, a text in JSON, or the line itself where it is no JSON. */
export async function readTexts(bytes: AsyncIterable<Uint8Array>): Promise<ReadTexts> {
  const texts: string[] = [];
  let refused = 0;
  for await (const line of readLines(bytes)) {
    const text = line.kind === 'text' ? textOf(line.text) : null;
    if (text === null || text.trim() === '') refused += 1;
    else texts.push(text);
  }
  return { texts, refused };
}

function textOf(line: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return line.trimStart().startsWith('{') ? null : line;
  }
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return line;
  const fields = new Map(Object.entries(value));
  const text: unknown = fields.get('input') ?? fields.get('text');
  return typeof text === 'string' ? text : null;
}
