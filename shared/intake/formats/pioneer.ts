import type { SourceRecord } from '../../ports/source-record.ts';
import type { Annotation, FormatItem } from '../../ports/trace-format.ts';
import { isMessages, readChat } from './chat-messages.ts';
import { formatOfRecords, type RecordShape } from './record-shape.ts';
import type { JsonObject } from './records.ts';
import { idOf, known, numberIn, objectOf, parsedOf, textOf } from './untrusted.ts';

const takenUp: ReadonlySet<string> = new Set([
  'id',
  'input',
  'output',
  'created_at',
  'human_verdict',
  'human_corrected_output',
  'human_feedback_notes',
  'human_feedback_at',
  'llmaj_verdict',
  'llmaj_score',
  'llmaj_reasoning',
]);

/** Fields that no other tool has. */
const judgedBy = ['human_verdict', 'human_corrected_output', 'llmaj_verdict', 'llmaj_score', 'llmaj_reasoning'];

/**
 * The inference history of Pioneer (`GET /v1/inferences`), judged by people and by its model.
 *
 * By InferenceRecord of fastino-ai/mintlify-docs, `openapi.json` and `api-reference/inference/history.mdx` (at 095eaee):
 * `human_verdict` is `correct` or `incorrect`, `llmaj_verdict` `pass`, `fail` or `uncertain`; times are ISO 8601 in UTC.
 */
export const pioneerShape: RecordShape = {
  name: 'pioneer',
  title: 'inferences of Pioneer',
  zone: 'UTC',
  freeNames: false,
  recognises: (record) =>
    'id' in record && ('input' in record || 'output' in record) && judgedBy.some((name) => name in record),
  begin: () => readInference,
};

export const pioneerFormat = formatOfRecords(pioneerShape);

function readInference({ line, text, value }: SourceRecord): FormatItem {
  const rest = Object.fromEntries(Object.entries(value).filter(([name]) => !takenUp.has(name)));
  const { input, system } = inputOf(value.input);
  const fields = {
    ...known({ traceId: idOf(value.id), timestamp: value.created_at, input }),
    output: outputOf(value.output),
    metadata: known({ ...rest, system }),
  };
  return { kind: 'trace', line, text, fields, annotations: [...byPerson(value), ...byModel(value)], source: value };
}

function inputOf(value: unknown): { readonly input: unknown; readonly system: string | null } {
  const parsed = parsedOf(value);
  const messages = objectOf(parsed)?.messages ?? parsed;
  const chat = isMessages(messages) ? readChat(messages) : null;
  if (chat !== null) return { input: chat.input, system: chat.system };
  const only = objectOf(parsed);
  const isText = only !== null && Object.keys(only).length === 1 && typeof only.text === 'string';
  return { input: isText ? only.text : value, system: null };
}

function outputOf(value: unknown): unknown {
  return value === undefined || value === '' ? null : value;
}

function byPerson(value: JsonObject): readonly Annotation[] {
  const label = textOf(value.human_verdict);
  const correction = value.human_corrected_output ?? null;
  if (label === null && correction === null) return [];
  return [
    {
      name: 'human_verdict',
      label,
      score: null,
      correction,
      explanation: textOf(value.human_feedback_notes) ?? '',
      by: { kind: 'human', id: null },
      at: value.human_feedback_at ?? null,
    },
  ];
}

/** A model that is not certain has judged nothing, whatever its score. */
function byModel(value: JsonObject): readonly Annotation[] {
  const label = textOf(value.llmaj_verdict);
  const score = numberIn(value.llmaj_score);
  if (label === 'uncertain' || (label === null && score === null)) return [];
  return [
    {
      name: 'llmaj_verdict',
      label,
      score,
      correction: null,
      explanation: textOf(value.llmaj_reasoning) ?? '',
      by: { kind: 'llm', id: null },
      at: null,
    },
  ];
}
