import { describe, expect, test } from 'vitest';
import { type Example, exampleSchema } from '../../../../shared/domain/models/example.ts';
import type { Model } from '../../../../shared/domain/models/model.ts';
import { type JudgedRecord, triagedRecordSchema } from '../../../../shared/domain/traces/trace-record.ts';
import { triageTraces } from '../../../../shared/loop/snapshot/triage-traces.ts';
import { trainerNamed } from '../../../../shared/ports/back-ends.ts';
import { readJsonl, writeJsonl } from '../../../../shared/ports/documents.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleHead, samplePrepared, sampleRecord } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';
import { watched } from '../../../helpers/training.ts';

const spam = labelOutput('spam');
const ham = labelOutput('ham');

function judged(traceId: string, output: 'spam' | 'ham', kind: 'human' | 'llm', change: Partial<JudgedRecord> = {}) {
  const { part: _, triage: __, ...record } = sampleRecord(traceId);
  const judge = { kind, id: 'j', reason: '' } as const;
  const verdict = output === 'spam' ? ('pass' as const) : ('fail' as const);
  const expected = labelOutput(output);
  return { ...record, judgement: { verdict, expected, judge }, verdict, expected, judgedBy: judge, ...change };
}

/** The models say spam of everything; every tenth is called ham by the judge, every tenth by a person. */
const records = Array.from({ length: 80 }, (_, at): JudgedRecord => {
  const folds = { folds: [at % 10], groupId: `g${at}` };
  if (at % 10 === 3) return judged(`llm-${at}`, 'ham', 'llm', folds);
  return at % 10 === 7 ? judged(`human-${at}`, 'ham', 'human', folds) : judged(`t-${at}`, 'spam', 'llm', folds);
});

const first = (input: string, line: number): Example => ({
  exampleId: input,
  input,
  output: ham,
  weight: 1,
  slice: 'gold',
  provenance: { kind: 'file', line },
  folds: [],
});

const handedOn = { kind: 'parent', datasetId: 'd', exampleId: 'e' } as const;

async function triage(options: { records?: readonly JudgedRecord[]; parent?: readonly Example[]; model?: Model } = {}) {
  const ports = memoryPorts({ answer: () => 'spam' });
  const trained: Example[][] = [];
  const trainer = watched(trainerNamed('embedded', ports), async ({ datasetKey }) => {
    trained.push(await readJsonl(ports.objects, datasetKey, exampleSchema));
  });
  await putPlan(ports, { model: options.model ?? sampleModel() });
  await writeJsonl(ports.objects, 'judged.jsonl', options.records ?? records);
  await writeJsonl(ports.objects, 'parent-examples.jsonl', options.parent ?? []);
  const output = await triageTraces.run(
    {
      ...sampleHead,
      prepared: samplePrepared,
      judged: [{ chunkId: 'chunk-0000', judgedKey: 'judged.jsonl', verdictsKey: null }],
    },
    stageContext({ ...ports, trainers: new Map([['embedded', trainer]]) }),
  );
  if (!('triagedKey' in output)) throw new Error('it is not done');
  const triaged = await readJsonl(ports.objects, output.triagedKey, triagedRecordSchema);
  return { output, triaged, trained };
}

const inputsOf = (examples: readonly Example[] | undefined) => examples?.map(({ input }) => input) ?? [];

describe('triage', () => {
  test('looks twice: by models of all that was judged, then of what the first agree with or a person judged', async () => {
    const { trained } = await triage();
    expect(trained).toHaveLength(2);
    expect(inputsOf(trained[0])).toEqual(records.map(({ input }) => input));
    const agreed = records.filter(({ traceId }) => !traceId.startsWith('llm-'));
    expect(inputsOf(trained[1])).toEqual(agreed.map(({ input }) => input));
    for (const example of trained.flat()) {
      expect(example.folds).toEqual(records.find(({ input }) => input === example.input)?.folds);
    }
  });

  test('suspects what the models that have not seen it deny, and never what a person judged', async () => {
    const { triaged, output } = await triage();
    const suspects = triaged.filter((record) => record.triage.category === 'suspect-judgement');
    expect(suspects.map(({ traceId }) => traceId)).toEqual(
      records.map(({ traceId }) => traceId).filter((id) => id.startsWith('llm-')),
    );
    expect(output).toMatchObject({ suspects: 8, passes: 64, failures: 16, unknown: 0 });
  });

  test('has first examples train beside the traces in both passes, and what was handed on but for what a trace teaches', async () => {
    const again = `${records[0]?.input}`.toUpperCase();
    const parent = [first('kept', 1), first(again, 2), { ...first(`${again} `, 3), provenance: handedOn }];
    const { trained } = await triage({ parent });
    expect(trained).toHaveLength(2);
    for (const examples of trained) {
      expect(inputsOf(examples)).toContain('kept');
      expect(inputsOf(examples)).toContain(again);
      expect(inputsOf(examples)).not.toContain(`${again} `);
      expect(examples.find(({ input }) => input === 'kept')?.folds).toEqual([]);
    }
  });

  test('teaches its models nothing that is for the report, nor what nobody judged', async () => {
    const apart = [
      judged('report', 'spam', 'llm', { use: 'report', folds: [...Array(10).keys()] }),
      judged('nowhere', 'spam', 'llm', { use: 'none', folds: [...Array(10).keys()] }),
      judged('unjudged', 'spam', 'llm', { expected: null, verdict: 'unknown', judgement: null }),
    ];
    const { trained, triaged } = await triage({ records: [...records, ...apart] });
    for (const { input } of apart) expect(trained.flatMap(inputsOf)).not.toContain(input);
    expect(triaged).toHaveLength(records.length + apart.length);
  });

  test('neither trains nor suspects where nobody judged, and keeps the order of the snapshot', async () => {
    const silent = records.map((record) => ({
      ...record,
      expected: null,
      verdict: 'unknown' as const,
      judgement: null,
    }));
    const { trained, triaged, output } = await triage({ records: silent });
    expect(trained).toEqual([]);
    expect(output).toMatchObject({ suspects: 0, unknown: 80 });
    expect(triaged.map(({ traceId }) => traceId)).toEqual(records.map(({ traceId }) => traceId));
  });
});

test('what the models are taught of an input that the champion had learnt otherwise is what the traces say of it', async () => {
  const parent = records.map(({ input }, at) => ({ ...first(input, at + 1), output: spam, provenance: handedOn }));
  const { trained } = await triage({ parent });
  const taught = (at: number, input: string) =>
    trained[at]?.filter((example) => example.input === input).map(({ output }) => output);
  const byPerson = records.find(({ traceId }) => traceId.startsWith('human-'))?.input ?? '';
  expect([taught(0, byPerson), taught(1, byPerson)]).toEqual([[ham], [ham]]);
  const byJudge = records.find(({ traceId }) => traceId.startsWith('llm-'))?.input ?? '';
  expect([taught(0, byJudge), taught(1, byJudge)]).toEqual([[ham], []]);
});
