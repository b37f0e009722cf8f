import { withinFence } from '../../domain/base/fence.ts';
import type { OutputReading } from '../../domain/base/task-kind.ts';
import type { ClassificationSpec } from './classification-spec.ts';
import { KnownLabels } from './known-labels.ts';
import { labelOutput, labelSchema } from './label.ts';

/** A text of fewer words may well be a label that the task does not know. */
const wordsOfSentence = 4;

/**
 * Reads a label as people, models and tools write it: numbers and booleans are texts, and what differs from one known
 * label by case, blanks or Unicode form alone is that label. A label inside an object, a list or a sentence is named and
 * never taken.
 */
export function readLabel(task: ClassificationSpec | null, written: unknown): OutputReading {
  if (typeof written === 'string') return readText(task, written);
  if (typeof written === 'number' || typeof written === 'boolean' || typeof written === 'bigint') {
    const reading = readText(task, String(written));
    const kind = typeof written === 'boolean' ? 'booleans' : 'numbers';
    return reading.kind === 'unusable' ? reading : { ...reading, note: `${kind} read as the texts of labels` };
  }
  return readStructure(task, written, 'a');
}

function readText(task: ClassificationSpec | null, written: string): OutputReading {
  const known = task === null ? null : KnownLabels.of(task);
  const exact = known?.find(written) ?? null;
  if (exact !== null) return { kind: 'known', output: labelOutput(exact), note: noteOf(written, exact) };
  const structure = parsedStructure(written);
  if (structure !== null) return readStructure(task, structure, 'the JSON text of a');
  const named = known !== null && isSentence(written) ? known.onlyOneIn(written) : null;
  if (named !== null) {
    return unusable(
      `a sentence that names the label ${JSON.stringify(named)}`,
      null,
      'let the model answer with the label alone, or write the label here',
    );
  }
  const label = labelSchema.safeParse(written);
  if (!label.success) {
    return written.trim() === ''
      ? unusable('an empty text', null, 'write a label; null where the model gave no answer')
      : unusable(`a text of ${written.length} characters, not a label`, null, 'write the name of a class');
  }
  const output = labelOutput(label.data);
  if (known === null) return { kind: 'known', output, note: null };
  const nearest = known.nearest(label.data);
  return { kind: 'unknown', output, nearest: nearest === null ? null : labelOutput(nearest), note: null };
}

function noteOf(written: string, label: string): string | null {
  if (written.trim() === label) return null;
  return `${JSON.stringify(written.slice(0, 80))} read as ${JSON.stringify(label)}`;
}

/** What a text holds that is JSON of an object or a list, within a Markdown fence or not; null for other texts. */
function parsedStructure(text: string): object | null {
  const body = withinFence(text);
  if (!/^\s*[[{]/.test(body)) return null;
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function readStructure(
  task: ClassificationSpec | null,
  value: unknown,
  what: 'a' | 'the JSON text of a',
): OutputReading {
  if (Array.isArray(value)) {
    const several = value.length === 1 ? 'one label' : 'several labels; one is possible';
    return unusable(`${withArticle(what, 'list')} of ${several}`, value.length === 0 ? null : '[0]', 'give one label');
  }
  if (value === null || typeof value !== 'object') return unusable('no label', null, 'write a label');
  const fields = Object.entries(value).filter(([, inner]) => holdsLabel(task, inner));
  const [only] = fields;
  if (fields.length !== 1 || only === undefined) {
    return unusable(`${withArticle(what, 'object')}, not a label`, null, 'write the label alone');
  }
  const [field] = only;
  return unusable(
    `${withArticle(what, 'object')} that holds the label in ${JSON.stringify(field.slice(0, 80))}`,
    /^[\p{L}\p{N}_$-]+$/u.test(field) ? `.${field}` : null,
    'write the label alone',
  );
}

function withArticle(what: 'a' | 'the JSON text of a', noun: 'list' | 'object'): string {
  return `${what}${noun === 'object' ? 'n' : ''} ${noun}`;
}

function holdsLabel(task: ClassificationSpec | null, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  return task === null ? labelSchema.safeParse(value).success : KnownLabels.of(task).find(value) !== null;
}

function isSentence(text: string): boolean {
  return text.trim().split(/\s+/).length >= wordsOfSentence;
}

function unusable(reason: string, path: string | null, mend: string): OutputReading {
  return { kind: 'unusable', reason, path, mend };
}
