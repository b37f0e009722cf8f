import { beforeEach, describe, expect, test } from 'vitest';
import { defaultBackEnds } from '../../../shared/composition/default-back-ends.ts';
import { defaultSettings } from '../../../shared/domain/models/settings.ts';
import type { ToldProblem } from '../../../shared/intake/file-problems.ts';
import { ingestTraces } from '../../../shared/intake/ingest-traces.ts';
import { changeLabels } from '../../../shared/operations/change-labels.ts';
import { readLabelMaterial, surveyLabels } from '../../../shared/operations/survey-labels.ts';
import { extractionSpecFrom } from '../../../shared/tasks/extraction/extraction-spec.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';
import { bytesOf } from './bytes.ts';

const modelId = 'music';
let ports: MemoryPorts;
const bad: ToldProblem[] = [];

beforeEach(async () => {
  ports = memoryPorts();
  bad.length = 0;
  await ports.lineage.createModel({
    modelId,
    task: extractionSpecFrom({ labels: ['artist'], outputs: [] }),
    ...defaultBackEnds,
    trainerOptions: {},
    settings: defaultSettings,
    splitSalt: 'salt',
    createdAt: '2026-01-01T00:00:00Z',
    revision: 0,
    changes: [],
  });
});

const input = '😀 play Hello by Adele';
const entity = (label: string, text: string) => {
  const start = input.indexOf(text);
  return { label, start, end: start + text.length, text };
};
const trace = (traceId: string, more: object = {}) => ({
  traceId,
  timestamp: '2026-01-01T00:00:00Z',
  input,
  output: [],
  ...more,
});
const human = { kind: 'human', id: 'ana' };

function ingest(...lines: readonly object[]) {
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  const sources = [{ name: 'traces.jsonl', open: async () => bytesOf(text) }];
  return ingestTraces({ modelId, sources, onProblem: (found) => bad.push(found) }, ports);
}

async function survey() {
  const model = (await ports.lineage.getModel(modelId)) ?? expect.fail('no model');
  return surveyLabels(model, await readLabelMaterial(model, ports), ports);
}

const wrong = [
  ['at impossible offsets', [{ label: 'artist', start: 17, end: 99 }], /^"expected": entity 1 stands at 17 to 99, and/],
  ['with a wrong text', [{ ...entity('artist', 'Adele'), text: 'Adela' }], /^"expected": entity 1 is "Adela", and at/],
  ['that cut an emoji', [{ label: 'artist', start: 1, end: 3 }], /^"expected": entity 1 cuts a character in half/],
  ['of an unknown type at impossible offsets', [{ label: 'song', start: 17, end: 99 }], /^"expected": entity 1 stands/],
] as const;

describe('entities of a type that the model does not have', () => {
  const expected = [entity('track', 'Hello'), entity('artist', 'Adele')];

  test('keep the trace, hold the judgement and are told by type', async () => {
    const told = await ingest(
      trace('a', { expected, judge: human }),
      trace('b', { expected: [entity('track', 'Hello')], judge: human }),
      trace('c', { output: [entity('track', 'Adele'), entity('artists', 'Hello')], verdict: 'pass', judge: human }),
    );
    expect(told).toMatchObject({ ingested: 3, judgements: 3, quarantined: 0, held: 3 });
    expect(told.unknownOutputs).toEqual([
      { output: 'track', judgements: 3, nearest: null },
      { output: 'artists', judgements: 1, nearest: 'artist' },
    ]);
    expect((await survey()).held.map(({ label, judged }) => [label, judged])).toEqual([
      ['track', 3],
      ['artists', 1],
    ]);
  });

  test('count once the model has the type', async () => {
    await ingest(trace('a', { expected, judge: human }));
    await changeLabels({ modelId, wish: { how: 'add', labels: ['track'] }, by: 'ana', dryRun: false }, ports);
    const { labels, held } = await survey();
    expect(held).toEqual([]);
    expect(labels).toEqual([
      { label: 'artist', examples: 0, judged: 1 },
      { label: 'track', examples: 0, judged: 1 },
    ]);
  });

  test('are told when the trace comes that their judgement waited for', async () => {
    expect(await ingest({ traceId: 'a', expected, judge: human })).toMatchObject({ parked: 1, held: 0 });
    expect(await ingest(trace('a'))).toMatchObject({ held: 1, unknownOutputs: [{ output: 'track', judgements: 1 }] });
  });
});

describe('entities that cannot be', () => {
  test.each(wrong)('%s are refused, within a trace and alone', async (_what, expected, reason) => {
    expect(await ingest(trace('a', { expected }), trace('b'))).toMatchObject({ ingested: 1, quarantined: 1 });
    const alone = await ingest({ traceId: 'b', expected, judge: human });
    expect(alone).toMatchObject({ judgements: 0, held: 0, quarantined: 1, unknownOutputs: [] });
    expect(bad).toHaveLength(2);
    expect(bad[0]?.reason).toMatch(reason);
    expect([bad[1]?.reason, bad[1]?.mend]).toEqual([bad[0]?.reason, bad[0]?.mend]);
  });

  test.each(wrong)('%s are set aside where they came before their trace', async (_what, expected, reason) => {
    await ingest({ traceId: 'a', expected, judge: human });
    const told = await ingest(trace('a'));
    expect(told).toMatchObject({ ingested: 1, held: 0, unknownOutputs: [] });
    expect(told.notes.map(({ text }) => text)).toEqual([
      expect.stringContaining('judgements that came before their trace and cannot be of it'),
    ]);
    expect(told.notes[0]?.text.replace(/^.*aside: /, '"expected": ')).toMatch(reason);
    expect((await survey()).held).toEqual([]);
    await ingest({ traceId: 'a', expected: [entity('artist', 'Adele')], judge: { kind: 'rule', id: 'check' } });
    expect((await survey()).labels).toEqual([{ label: 'artist', examples: 0, judged: 1 }]);
  });
});

describe('what annotators have written', () => {
  test.each([
    ['Doccano', { id: 7, text: 'by Adele', label: [[3, 8, 'artist']] }],
    ['spaCy', { id: 7, text: 'by Adele', entities: [[3, 8, 'artist']] }],
  ])('in %s is refused as examples, also with an id of its own', async (_tool, record) => {
    expect(await ingest(record)).toMatchObject({ ingested: 0, quarantined: 1 });
    expect(bad[0]?.mend).toContain('ratchet create MODEL --examples FILE');
  });
});
