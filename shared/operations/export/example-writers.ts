import { hasWideCharacters, inCodePoints } from '../../domain/base/code-points.ts';
import type { Mark } from '../../domain/base/task-kind.ts';
import { conllWriter } from './conll-writer.ts';
import { type ExampleWriter, jsonLine, lines, type WrittenExample } from './example-writer.ts';

/** Ratchet's own lines, which every task has. */
const jsonlWriter: ExampleWriter = {
  name: 'jsonl',
  ofPlaces: false,
  frame: lines,
  write: ({ input, output }) => jsonLine({ input, output }),
};

/** spaCy counts code points, as Python does. */
const spacyWriter: ExampleWriter = {
  name: 'spacy',
  ofPlaces: true,
  frame: lines,
  write: ({ input, marks }) =>
    jsonLine({
      text: input,
      entities: inPoints(input, marks ?? []).map(({ start, end, facet }) => [start, end, facet]),
    }),
};

/** Doccano counts UTF-16 units, as a browser does (doccano/doccano#2290). */
const doccanoWriter: ExampleWriter = {
  name: 'doccano',
  ofPlaces: true,
  frame: lines,
  write: ({ number, input, marks }) =>
    jsonLine({
      id: number,
      text: input,
      label: (marks ?? []).map(({ start, end, facet }) => [start, end, facet]),
      // Files of Doccano's are read by either unit: this says which, where it matters.
      ...(hasWideCharacters(input) && (marks ?? []).length > 0 ? { offsets: 'UTF-16' } : {}),
    }),
};

/** Label Studio counts code points (HumanSignal/label-studio#1559); the text beside them tells what was meant. */
const labelStudioWriter: ExampleWriter = {
  name: 'label-studio',
  ofPlaces: true,
  frame: { begin: '[\n', between: ',\n', end: '\n]\n' },
  write: ({ number, input, marks }) =>
    jsonLine({ id: number, data: { text: input }, annotations: [{ result: regionsOf(number, input, marks ?? []) }] }),
};

/** By name, Ratchet's own first. */
export const exampleWriters: readonly ExampleWriter[] = [
  jsonlWriter,
  conllWriter,
  spacyWriter,
  labelStudioWriter,
  doccanoWriter,
];

function regionsOf(number: number, input: string, marks: WrittenExample['marks'] & object): readonly object[] {
  return inPoints(input, marks).map(({ start, end, facet }, index) => ({
    id: `${number}-${index + 1}`,
    from_name: 'label',
    to_name: 'text',
    type: 'labels',
    value: { start, end, text: input.slice(marks[index]?.start, marks[index]?.end), labels: [facet] },
  }));
}

function inPoints(input: string, marks: readonly Mark[]): readonly Mark[] {
  const starts = inCodePoints(
    input,
    marks.map(({ start }) => start),
  );
  const ends = inCodePoints(
    input,
    marks.map(({ end }) => end),
  );
  return marks.map((mark, index) => ({ ...mark, start: starts[index] ?? 0, end: ends[index] ?? 0 }));
}
