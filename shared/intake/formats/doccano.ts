import type { SourceRecord } from '../../ports/source-record.ts';
import type { FormatItem, TraceFormat } from '../../ports/trace-format.ts';
import { entityItem, isTriples, placesOfTriples, without } from './entity-item.ts';
import { formatOfRecords, type RecordShape } from './record-shape.ts';
import type { JsonObject } from './records.ts';
import { objectsOf } from './untrusted.ts';

/**
 * Exports of Doccano's sequence labelling: `{"text", "label": [[0, 5, "city"]]}`, or with relations
 * `{"text", "entities": [{"start_offset", "end_offset", "label"}]}`. Offsets count UTF-16 units, as its page in the
 * browser does (doccano/doccano#2290).
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
  begin: () => readDocument,
};

export const doccanoFormat: TraceFormat = formatOfRecords(doccanoShape);

function hasOffsets(entities: unknown): boolean {
  return objectsOf(entities).some((entity) => typeof entity.start_offset === 'number');
}

const own = ['text', 'data', 'label', 'labels', 'entities', 'relations', 'Comments', 'comments'];

function readDocument({ line, text, value }: SourceRecord): FormatItem {
  const triples = [value.label, value.labels].find(isTriples);
  const places = triples === undefined ? objectsOf(value.entities).map(placeOf) : placesOfTriples(triples);
  return entityItem({
    line,
    text,
    input: value.text ?? value.data,
    places,
    unit: 'UTF-16 units',
    rest: without(value, own),
  });
}

function placeOf({ start_offset: start, end_offset: end, label }: JsonObject) {
  return { start, end, label };
}
