import { hasWideCharacters } from '../../domain/base/code-points.ts';
import type { RecordReader, SourceRecord } from '../../ports/source-record.ts';
import type { FormatItem, TraceFormat } from '../../ports/trace-format.ts';
import { entityItem, isTriples, placesOfTriples, without } from './entity-item.ts';
import type { GivenPlace, OffsetUnit } from './entity-places.ts';
import { type OffsetEvidence, offsetEvidence } from './offset-evidence.ts';
import { formatOfRecords, type RecordShape } from './record-shape.ts';
import type { JsonObject } from './records.ts';
import { objectsOf } from './untrusted.ts';

/**
 * Exports of Doccano's sequence labelling: `{"text", "label": [[0, 5, "city"]]}`, or with relations
 * `{"text", "entities": [{"start_offset", "end_offset", "label"}]}`. Offsets count UTF-16 units, as its page in the
 * browser does (doccano/doccano#2290), and code points where Python has made the file: which of the two is told by all
 * texts of the file that have characters such as emoji, and those are refused where none of them tells.
 */
export const doccanoShape: RecordShape = {
  name: 'doccano',
  title: 'a Doccano export',
  zone: null,
  freeNames: true,
  recognises: (record) =>
    typeof (record.text ?? record.data) === 'string' &&
    !('input' in record) &&
    (isTriples(record.label) || isTriples(record.labels) || hasOffsets(record.entities)),
  begin: () => (record) => readDocument(record, 'UTF-16 units'),
  readAll: readDocuments,
};

export const doccanoFormat: TraceFormat = formatOfRecords(doccanoShape);

function hasOffsets(entities: unknown): boolean {
  return objectsOf(entities).some((entity) => typeof entity.start_offset === 'number');
}

/** What `ratchet export` writes beside texts whose offsets could be read otherwise. */
const utf16 = 'UTF-16';

const own = ['text', 'data', 'label', 'labels', 'entities', 'relations', 'Comments', 'comments', 'offsets'];

/** Texts that wait for the unit of the file, at most; then it is what those say. */
const mostWaiting = 20_000;
/** How many odd bounds places count for that leave the text or cut a character. */
const oddOfImpossible = 10;

async function* readDocuments(records: ReturnType<RecordReader>): AsyncGenerator<FormatItem> {
  const odd = { 'code points': 0, 'UTF-16 units': 0 };
  const waiting: (FormatItem | SourceRecord)[] = [];
  const rest = records[Symbol.asyncIterator]();
  let next = await rest.next();
  for (; !next.done && waiting.length < mostWaiting; next = await rest.next()) {
    waiting.push(next.value);
    if (next.value.kind === 'record') weigh(evidenceOf(next.value), odd);
  }
  const unit = odd['code points'] + odd['UTF-16 units'] === 0 ? 'either' : likelier(odd);
  for (const one of waiting) yield one.kind === 'record' ? readDocument(one, unit) : one;
  for (; !next.done; next = await rest.next()) {
    yield next.value.kind === 'record' ? readDocument(next.value, unit) : next.value;
  }
}

function weigh(evidence: OffsetEvidence, odd: Record<OffsetUnit, number>): void {
  if (evidence.kind === 'certain') {
    odd[evidence.unit === 'code points' ? 'UTF-16 units' : 'code points'] += oddOfImpossible;
  } else if (evidence.kind === 'likely') {
    odd['code points'] += evidence.odd['code points'];
    odd['UTF-16 units'] += evidence.odd['UTF-16 units'];
  }
}

/** Where as much speaks for one as for the other it is what Doccano itself writes. */
function likelier(odd: Readonly<Record<OffsetUnit, number>>): OffsetUnit {
  return odd['code points'] < odd['UTF-16 units'] ? 'code points' : 'UTF-16 units';
}

function evidenceOf({ value }: SourceRecord): OffsetEvidence {
  const input = value.text ?? value.data;
  if (typeof input !== 'string' || !hasWideCharacters(input) || value.offsets === utf16) return { kind: 'none' };
  return offsetEvidence(input, placesOf(value));
}

function placesOf(value: JsonObject): readonly GivenPlace[] {
  const triples = [value.label, value.labels].find(isTriples);
  return triples === undefined ? objectsOf(value.entities).map(placeOf) : placesOfTriples(triples);
}

function readDocument({ line, text, value }: SourceRecord, unit: OffsetUnit | 'either'): FormatItem {
  return entityItem({
    line,
    text,
    input: value.text ?? value.data,
    places: placesOf(value),
    unit: value.offsets === utf16 ? 'UTF-16 units' : unit,
    rest: without(value, own),
  });
}

function placeOf({ start_offset: start, end_offset: end, label }: JsonObject) {
  return { start, end, label };
}
