import { describe, expect, test } from 'vitest';
import { createFormats } from '../../../../shared/composition/create-formats.ts';
import { headOfText, linesOf } from './read-items.ts';

const formats = createFormats();

/** The format that reads a file: the first that recognises it. */
function formatOf(content: string): string | undefined {
  const head = headOfText(content);
  return formats.find((format) => format.detects(head))?.name;
}

const native = { traceId: 't', timestamp: '2026-11-01T08:00:00Z', input: 'x, y', output: 'z' };
const asked = [{ role: 'user', content: 'x' }];
const records: Readonly<Record<string, unknown>> = {
  langfuse: { id: 'o', trace_id: 't', type: 'SPAN', start_time: '2026-11-01 08:00:00.0', input: 'x' },
  pioneer: { id: 'i', model_id: 'm', input: 'x', output: {}, created_at: 'x', human_verdict: 'correct' },
  flywheel: { timestamp: 1, workload_id: 'w', client_id: 'c', request: { messages: asked }, response: {} },
  chat: { messages: asked },
};

describe('of all formats', () => {
  test.each(Object.entries(records))(
    '%s reads its records as JSON lines, as a list and as an answer',
    (name, record) => {
      expect(formatOf(linesOf(record, record))).toBe(name);
      expect(formatOf(JSON.stringify([record]))).toBe(name);
      expect(formatOf(JSON.stringify({ data: [record], meta: {} }, null, 2))).toBe(name);
    },
  );

  test('the one for its container reads records by names that people chose', () => {
    expect(formatOf(linesOf(native))).toBe('ratchet');
    expect(formatOf(JSON.stringify([native]))).toBe('json');
    expect(formatOf(JSON.stringify(native, null, 1))).toBe('json');
    expect(formatOf('text,label\nx,y\n')).toBe('csv');
    expect(formatOf('text\tlabel\nx\ty\n')).toBe('tsv');
    expect(formatOf('PAR1')).toBe('parquet');
  });

  test('have names of their own', () => {
    expect(new Set(formats.map(({ name }) => name)).size).toBe(formats.length);
  });
});
