import type { FormatItem, TraceFormat } from '../../ports/trace-format.ts';
import { entityItem, isTriples, placesOfTriples, without } from './entity-item.ts';
import { passedOver } from './items.ts';
import { formatOfRecords, type RecordShape } from './record-shape.ts';
import type { JsonObject } from './records.ts';
import { objectsOf } from './untrusted.ts';

/**
 * What spaCy is trained with, and what Prodigy writes: `{"text", "entities": [[0, 5, "city"]]}` or
 * `{"text", "spans": [{"start", "end", "label"}]}`. Offsets count code points, as Python does.
 */
export const spacyShape: RecordShape = {
  name: 'spacy',
  title: 'texts with entities (spaCy, Prodigy)',
  zone: null,
  freeNames: true,
  recognises: (record) =>
    typeof record.text === 'string' &&
    !('input' in record) &&
    (isTriples(record.entities) || (isSpans(record.spans) && !('label' in record))),
  begin: () => (record) => readRecord(record.value, record),
};

export const spacyFormat: TraceFormat = formatOfRecords(spacyShape);

function isSpans(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    objectsOf(value).length === value.length &&
    objectsOf(value).every((span) => typeof span.start === 'number' && typeof span.label === 'string')
  );
}

/** What Prodigy keeps of how a text was shown and answered. */
const ofProdigy = ['tokens', 'answer', 'options', 'accept', 'config', '_input_hash', '_task_hash', '_view_id'];

/** A text with its entities, by spaCy's names. */
export function readRecord(value: JsonObject, at: { readonly line: number; readonly text: string }): FormatItem {
  if (value.answer === 'reject' || value.answer === 'ignore') {
    return passedOver(at, 'annotations that were not accepted');
  }
  const { text: input, entities, spans } = value;
  const places = isTriples(entities) ? placesOfTriples(entities) : objectsOf(spans ?? entities).map(placeOf);
  const rest = without(value, ['text', 'entities', 'spans', ...ofProdigy]);
  return entityItem({ ...at, input, places, unit: 'code points', rest });
}

function placeOf({ start, end, label, text }: JsonObject) {
  return { start, end, label, text };
}
