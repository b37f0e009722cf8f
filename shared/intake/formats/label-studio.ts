import type { SourceRecord } from '../../ports/source-record.ts';
import type { FormatItem, TraceFormat } from '../../ports/trace-format.ts';
import { entityItem } from './entity-item.ts';
import type { GivenPlace } from './entity-places.ts';
import { passedOver } from './items.ts';
import { formatOfRecords, type RecordShape } from './record-shape.ts';
import { type JsonObject, unreadable } from './records.ts';
import { listOf, objectOf, objectsOf, textOf } from './untrusted.ts';

/**
 * Label Studio's JSON export of labelled texts: a list of tasks with `data` and `annotations`, and its short form
 * (JSON-MIN). Offsets count UTF-16 units in older versions and code points in newer ones (HumanSignal/label-studio#1347,
 * #1559); the `text` beside them tells which.
 */
export const labelStudioShape: RecordShape = {
  name: 'label-studio',
  title: 'a Label Studio export',
  zone: null,
  freeNames: false,
  recognises: (record) => isTask(record) || isShort(record),
  begin: () => readTask,
};

export const labelStudioFormat: TraceFormat = formatOfRecords(labelStudioShape);

function isTask(record: JsonObject): boolean {
  return objectOf(record.data) !== null && (Array.isArray(record.annotations) || Array.isArray(record.completions));
}

function isShort(record: JsonObject): boolean {
  return 'annotator' in record && regionsOfShort(record).length > 0;
}

/** The labelled places of the short form, which stand under the name of their control. */
function regionsOfShort(record: JsonObject): readonly JsonObject[] {
  return Object.values(record).flatMap((value) => objectsOf(value).filter((region) => Array.isArray(region.labels)));
}

function readTask({ line, text, value }: SourceRecord): FormatItem {
  if (!isTask(value)) {
    return itemOf({ line, text }, textOf(value.text) ?? onlyText(value), regionsOfShort(value).flatMap(placesOf));
  }
  const given = objectsOf(value.annotations ?? value.completions).filter(
    ({ was_cancelled: cancelled }) => cancelled !== true,
  );
  if (given.length === 0) return passedOver({ line }, 'tasks that nobody has annotated');
  const sure = given.filter(({ ground_truth: isTrue }) => isTrue === true);
  const annotations = sure.length === 0 ? given : sure;
  const said = annotations.map((annotation) => placesOfAnnotation(annotation));
  if (new Set(said.map((places) => JSON.stringify(places.map(named).sort()))).size > 1) {
    return unreadable(line, text, {
      reason: `its ${said.length} annotations differ`,
      mend: 'mark the right one as ground truth, or delete the others',
    });
  }
  const data = objectOf(value.data) ?? {};
  return itemOf({ line, text }, textOf(data.text) ?? onlyText(data), said[0] ?? []);
}

function itemOf(
  at: { readonly line: number; readonly text: string },
  input: string | null,
  places: readonly GivenPlace[],
): FormatItem {
  if (input === null) {
    return unreadable(at.line, at.text, {
      reason: 'which of its texts was labelled is not clear',
      mend: 'export it with the text under "data": {"text": "..."}',
    });
  }
  const wrong = places.find(({ start, end }) => typeof start === 'string' || typeof end === 'string');
  if (wrong !== undefined) {
    return unreadable(at.line, at.text, {
      reason: 'its places are those of a web page or of a dialogue, not of a text',
      mend: 'label it as plain text',
    });
  }
  return entityItem({ ...at, input, places, unit: 'either' });
}

/** Labelled places; relations, choices and others are none. */
function placesOfAnnotation(annotation: JsonObject): readonly GivenPlace[] {
  return objectsOf(annotation.result).flatMap((result) => placesOf(objectOf(result.value) ?? {}));
}

/** A place may have several labels. */
function placesOf({ start, end, text, labels }: JsonObject): readonly GivenPlace[] {
  return listOf(labels).map((label) => ({ start, end, text, label }));
}

function named({ start, end, label }: GivenPlace): string {
  return JSON.stringify([start, end, label]);
}

function onlyText(data: JsonObject): string | null {
  const texts = Object.values(data).filter((value) => typeof value === 'string');
  return texts.length === 1 ? (texts[0] ?? null) : null;
}
