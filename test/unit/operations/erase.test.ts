import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { taggerPredictorFacts } from '../../../shared/adapters/backends/tagger/facts.ts';
import { digest } from '../../../shared/domain/base/ids.ts';
import { asOutput } from '../../../shared/domain/base/output.ts';
import { parseCondition } from '../../../shared/domain/erasure/condition.ts';
import { transcriptMarks } from '../../../shared/domain/erasure/transcript-marks.ts';
import { moveChampion } from '../../../shared/domain/models/control.ts';
import { ingestTraces } from '../../../shared/intake/ingest-traces.ts';
import type { Selection } from '../../../shared/operations/erase/choose-traces.ts';
import { type EraseResult, eraseTraces } from '../../../shared/operations/erase/erase.ts';
import { readLedger, writeRunFolds } from '../../../shared/operations/fold-ledger.ts';
import { readDataset } from '../../../shared/operations/stored-records.ts';
import { encodeJsonl } from '../../../shared/ports/documents.ts';
import type { ObjectStore } from '../../../shared/ports/object-store.ts';
import { extractionSpecFrom } from '../../../shared/tasks/extraction/extraction-spec.ts';
import { sampleCheckpoint, sampleDataset, sampleModel, sampleRun } from '../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';
import { rejection } from '../../helpers/rejection.ts';
import { sampleJudgement, sampleTrace } from '../../helpers/trace-samples.ts';
import { bytesOf } from '../intake/bytes.ts';

const said = 'Jane Roe of Elm Street wants her money back';
const secret = /jane|elm street|"t1"/i;

let ports: MemoryPorts;
beforeEach(async () => {
  ports = await prepared();
});

const byId: Selection = { by: 'ids', traceIds: ['t1'] };

function erase(
  selection: Selection = byId,
  options: { dryRun?: boolean; objects?: ObjectStore } = {},
): Promise<EraseResult> {
  const { dryRun = false, objects = ports.objects } = options;
  return eraseTraces({ modelId: 'm1', selection, dryRun, by: 'ana@host', owner: 'process' }, { ...ports, objects });
}

describe('erasing traces', () => {
  test('takes them out of datasets, also where later ones replay them, and names the checkpoints that saw them', async () => {
    const { record } = await erase();
    expect(record.checkpoints).toEqual([
      { checkpoint: 'c2', dataset: 'd2', examples: 2, champion: true, holds: null },
      { checkpoint: 'c3', dataset: 'd3', examples: 1, champion: false, holds: null },
    ]);
    expect(await textOf('models/m1/datasets/d2/examples.jsonl')).not.toMatch(/"e1"|"e2"/);
    expect(await textOf('models/m1/datasets/d3/examples.jsonl')).toBe('');
    expect(JSON.parse(await textOf('models/m1/datasets/d2/examples.erased.json'))).toEqual({
      schemaVersion: 1,
      erased: 2,
      digests: [expect.stringMatching(/^[0-9a-f]{64}$/)],
    });
    for (const dataset of await ports.lineage.listDatasets('m1')) await readDataset(dataset, ports);
    const second = await ports.lineage.getDataset('m1', 'd2');
    if (second === undefined) throw new Error('no dataset');
    const left = await readDataset(second, ports);
    await ports.objects.put(second.key, encodeJsonl(left.map((one) => ({ ...one, weight: 7 }))));
    expect((await rejection(readDataset(second, ports))).name).toBe('CorruptArtifact');
    await ports.objects.put(second.key, encodeJsonl(left));
    expect(await everything()).not.toMatch(secret);
  });

  test('says of a checkpoint of a tagger that its artifact holds surfaces in clear', async () => {
    const tagger = { ...taggerPredictorFacts, predict: async () => [] };
    const served = { predictor: tagger.name, ref: 'artifacts/c9', digest: 'abc' };
    await ports.lineage.putCheckpoint(sampleCheckpoint({ checkpointId: 'c9', datasetId: 'd2', served }));
    const withTagger = { ...ports, predictors: new Map([...ports.predictors, [tagger.name, tagger]]) };
    const request = { modelId: 'm1', selection: byId, dryRun: true, by: 'ana', owner: 'process' };
    const { record } = await eraseTraces(request, withTagger);
    expect(record.checkpoints).toContainEqual(
      expect.objectContaining({ checkpoint: 'c9', holds: 'the surfaces of entities' }),
    );
  });

  test('takes entries of the fold ledger that no other input has, and leaves the others', async () => {
    await erase();
    expect(await textOf('models/m1/splits/create.jsonl')).toBe('{"words":"hello there","groupId":"g","folds":[]}\n');
  });

  test('leaves a fold ledger that is read afterwards, however often, and finds it exchanged as before', async () => {
    const folds = (words: string) => ({ words, groupId: words, folds: [3], use: 'evidence' }) as const;
    const words = ['back does money she the wants', 'back elm her jane money of roe street wants', 'fine'];
    await ports.traceLog.append('m1', 'b3', {
      traces: [sampleTrace({ traceId: 't3', input: 'She wants back the money, does she?' })],
      judgements: [],
    });
    await writeRunFolds('m1', 'r1', words.map(folds), ports);
    await ports.objects.delete('models/m1/splits/create.jsonl');
    const left = async () => (await readLedger('m1', 'salt', null, ports)).map((entry) => entry.words);
    await erase();
    expect(await left()).toEqual(['back does money she the wants', 'fine']);
    await erase({ by: 'ids', traceIds: ['t3'] });
    expect(await left()).toEqual(['fine']);
    await ports.objects.put('models/m1/splits/r1.jsonl', encodeJsonl([folds('other')]));
    expect((await rejection(left())).name).toBe('CorruptArtifact');
  });

  test('takes bad lines that speak of them, by id, text or condition, and an emptied quarantine file', async () => {
    const lines = [
      { file: 'a', line: 1, reason: 'cut', mend: 'x', text: '{"traceId": "t1", "input": "Jan' },
      { file: 'a', line: 2, reason: 'cut', mend: 'x', text: '{"id": 7, "metadata": {"user": "u7"}, "input": "w' },
      { file: 'a', line: 3, reason: 'cut', mend: 'x', text: '{"traceId": "t5", "input": "fine' },
    ];
    await ports.objects.put('quarantine/m1/q1.jsonl', encodeJsonl(lines));
    await ports.objects.put('quarantine/m1/q2.jsonl', encodeJsonl(lines.slice(0, 1)));
    await erase();
    expect(await textOf('quarantine/m1/q1.jsonl')).toBe(new TextDecoder().decode(encodeJsonl(lines.slice(1))));
    expect(await ports.objects.list('quarantine/m1/')).toEqual(['quarantine/m1/q1.jsonl']);
    await erase({ by: 'condition', condition: parseCondition('metadata.user=u7') });
    expect(await textOf('quarantine/m1/q1.jsonl')).toBe(new TextDecoder().decode(encodeJsonl(lines.slice(2))));
  });

  test('takes answers that quote them out of what runs counted, those of candidates too', async () => {
    const task = extractionSpecFrom({ labels: ['city', 'person'], outputs: [] });
    await ports.lineage.createModel(sampleModel({ modelId: 'm2', task }));
    const at = (input: string, label: string, text: string) => {
      const start = input.indexOf(text);
      return asOutput([{ label, start, end: start + text.length, text }]);
    };
    const [own, other] = ['Industry wrote to Ohio about Lee', 'in Ohio there is industry for Lee'];
    await ports.traceLog.append('m2', 'b1', {
      traces: [
        sampleTrace({ modelId: 'm2', traceId: 'x1', input: own, output: at(own, 'city', 'Industry') }),
        sampleTrace({ modelId: 'm2', traceId: 'x2', input: other, output: at(other, 'city', 'Ohio') }),
      ],
      judgements: [],
    });
    const answers = [
      { exampleId: 'x1', output: at(own, 'person', 'Industry') },
      { exampleId: 'x2', output: at(other, 'person', 'Lee') },
    ];
    await ports.objects.put('runs/m2/r1/0/gate/all/answers.jsonl', encodeJsonl(answers));
    const cell = (expected: string, answered: string | null) => ({
      expected,
      answered,
      right: false,
      before: 1,
      after: 0,
    });
    const confusion = [
      cell('city "Ohio"', 'person "Industry"'),
      cell('city "Industry"', 'person "Lee"'),
      cell('city "Ohio"', 'person "Lee"'),
      cell('city "Ohio"', null),
    ];
    const key = 'runs/m2/r1/0/final-test/all/test.json';
    await ports.objects.put(key, new TextEncoder().encode(JSON.stringify({ confusion })));
    const selection: Selection = { by: 'ids', traceIds: ['x1'] };
    await eraseTraces({ modelId: 'm2', selection, dryRun: false, by: 'ana', owner: 'process' }, ports);
    expect(
      JSON.parse(await textOf(key)).confusion.map((one: Record<string, unknown>) => [one.expected, one.answered]),
    ).toEqual([
      ['[erased]', '[erased]'],
      ['[erased]', '[erased]'],
      ['city "Ohio"', 'person "Lee"'],
      ['city "Ohio"', null],
    ]);
  });

  test('takes a long bad line by what stands at its end, in a pair of metadata, a text or its id', async () => {
    const long = (user: string, traceId: string) =>
      JSON.stringify({ input: `${'word '.repeat(400)}of Jim Poe`, timestamp: 'never', metadata: { user }, traceId });
    const sources = [
      {
        name: 'a',
        open: async () => bytesOf(['u17', 'u18', 'u19', 'u20'].map((user, at) => long(user, `l${at}`)).join('\n')),
      },
    ];
    const where = (written: string): Selection => ({ by: 'condition', condition: parseCondition(written) });
    const users = async () => (await everything()).match(/u(?:17|18|19|20)/g) ?? [];
    expect(await ingestTraces({ modelId: 'm1', sources }, ports)).toMatchObject({ quarantined: 4 });
    expect((await erase(where('metadata.user=u17'))).record).toMatchObject({ cutLines: 0 });
    expect(await users()).toEqual(['u18', 'u19', 'u20']);
    await erase({ by: 'ids', traceIds: ['l1'] });
    expect(await users()).toEqual(['u19', 'u20']);
    await erase(where('text~jim poe'));
    expect(await users()).toEqual([]);
  });

  test('counts the cut bad lines that it could not look into, those of earlier versions too', async () => {
    const bad = { file: 'a', line: 1, reason: 'x', mend: 'x' };
    const lines = [
      { ...bad, text: 'x'.repeat(300) },
      { ...bad, text: 'x'.repeat(40) },
      { ...bad, text: 'x'.repeat(900), cut: false },
      { ...bad, text: 'x'.repeat(900), cut: true },
      { ...bad, text: 'x'.repeat(900), cut: true, traceId: 't7' },
    ];
    await ports.objects.put('quarantine/m1/q1.jsonl', encodeJsonl(lines));
    expect((await erase()).record.cutLines).toBe(2);
    const condition = parseCondition('metadata.user=u9');
    expect((await erase({ by: 'condition', condition })).record.cutLines).toBe(3);
  });

  test('mends dropped files of JSON, packed or not, and names those it cannot look into', async () => {
    const other = { id: 'x', says: 'hello' };
    const drops = {
      'a.jsonl': encodeJsonl([{ run: 't1' }, other, { run: 'z', says: `${said}.` }]),
      'b.csv': `id,input\nt1,"${said}"\n`,
    };
    await ports.objects.put('drops/m1/a.jsonl.gz', gzipSync(drops['a.jsonl']));
    await ports.objects.put(
      'drops/m1/a.json',
      new TextEncoder().encode(JSON.stringify({ data: [{ name: 't1' }, other] })),
    );
    await ports.objects.put('drops/m1/b.csv', new TextEncoder().encode(drops['b.csv']));
    await ports.objects.put('drops/m1/c.parquet', Uint8Array.of(0x50, 0x41, 0x52, 0x31, 0xff));
    const { record } = await erase();
    const packed = await ports.objects.get('drops/m1/a.jsonl.gz');
    expect(gunzipSync(packed ?? '').toString()).toBe('{"id":"x","says":"hello"}\n{"run":"z","says":"[erased]"}\n');
    expect(JSON.parse(await textOf('drops/m1/a.json'))).toEqual({ data: [other] });
    expect(record.left.map(({ key }) => key)).toEqual(['drops/m1/b.csv', 'drops/m1/c.parquet']);
  });

  test('removes what agents looked at and said, which quotes traces in forms that cannot be searched for', async () => {
    const folder = 'runs/m1/r1/0/build-taxonomy/all/taxonomy.json.agent';
    const quoted = JSON.stringify({ text: JSON.stringify('Jane\nRoe') });
    for (const file of ['state.json', 'turns/0001.json', 'results/1-1.json']) {
      await ports.objects.put(`${folder}/${file}`, new TextEncoder().encode(quoted));
    }
    await ports.objects.put(`${folder}/outcome.json`, new TextEncoder().encode('{"role":"taxonomist"}'));
    const { begin, end } = transcriptMarks;
    const page = `<p>before</p>${begin}<p>&quot;Jane\\nRoe</p>${end}<p>after</p>`;
    await ports.objects.put('runs/m1/r1/0/write-report/all/report.html', new TextEncoder().encode(page));
    const { record } = await erase();
    expect(await textOf('runs/m1/r1/0/write-report/all/report.html')).toBe(
      '<p>before</p><p>What agents said is gone: traces that they may have quoted were erased.</p><p>after</p>',
    );
    expect(await ports.objects.list(`${folder}/`)).toEqual([`${folder}/outcome.json`]);
    expect(record.parts).toContainEqual({ what: 'turns of agents', records: 0, objects: 3 });
  });

  test('removes the files of a run that would go on with them, and keeps those of one that ended', async () => {
    await ports.objects.put('runs/m1/r2/0/x/all/model.bin', Uint8Array.of(1));
    await ports.objects.put('runs/m1/r2/0/x/all/found.jsonl', encodeJsonl([{ traceId: 't1', input: said }]));
    await ports.objects.put('runs/m1/r3/0/x/all/found.jsonl', encodeJsonl([{ traceId: 't2', input: 'hello there' }]));
    await ports.lineage.putRun(sampleRun({ runId: 'r2', status: 'failed' }));
    await ports.lineage.putRun(sampleRun({ runId: 'r3', status: 'failed' }));
    await erase();
    expect(await ports.objects.list('runs/m1/r2/')).toEqual([]);
    expect(await ports.objects.list('runs/m1/r3/')).toHaveLength(1);
    expect(await textOf('runs/m1/r1/0/report/all/report.html')).toBe('<p>[erased]</p><p>hello</p>');
  });

  test('leaves what other traces say as well, and names them', async () => {
    const same = sampleTrace({ traceId: 't9', input: `${said}!` });
    await ports.traceLog.append('m1', 'b9', { traces: [same], judgements: [] });
    const { nearDuplicates } = await erase();
    expect(nearDuplicates).toEqual(['t9']);
    expect(await textOf('models/m1/splits/create.jsonl')).toContain('elm');
    expect(await textOf('runs/m1/r1/0/report/all/report.html')).toContain(said);
  });

  test('keeps no run from beginning afterwards, and none may be at work', async () => {
    await erase();
    const control = await ports.lineage.getControl('m1');
    expect(control?.lease).toBeNull();
    const lease = { runId: 'r7', owner: 'x', expiresAt: ports.clock.now() + 1_000 };
    if (control === undefined) throw new Error('no control item');
    await ports.lineage.compareAndSetControl(control.version, { ...control, version: control.version + 1, lease });
    await expect(erase()).rejects.toMatchObject({ name: 'LeaseHeld' });
    await expect(erase(byId, { dryRun: true })).resolves.toMatchObject({ recordKey: null });
  });

  test('broken off at any write, is ended by the same command, and its audits name all checkpoints', async () => {
    const condition: Selection = { by: 'condition', condition: parseCondition('input~elm street') };
    let brokenOff = 0;
    for (let allowed = 0; ; allowed += 1) {
      ports = await prepared();
      const ended = await erase(condition, { objects: failingAfter(ports.objects, allowed) }).then(
        () => true,
        () => false,
      );
      if (ended) break;
      brokenOff += 1;
      expect((await ports.lineage.getControl('m1'))?.lease).toBeNull();
      await erase(condition);
      expect(await everything()).not.toMatch(secret);
      expect(await ports.traceLog.erasedAmong('m1', ['t1'])).toEqual(new Set(['t1']));
      const audits = await Promise.all((await ports.objects.list('models/m1/erasures/')).map(textOf));
      expect(audits.join()).toContain('"checkpoint":"c2"');
      expect(audits.join()).toContain('"checkpoint":"c3"');
    }
    expect(brokenOff).toBeGreaterThanOrEqual(7);
  });
});

/** A model with two traces, one of them in datasets, a ledger and a report. */
async function prepared(): Promise<MemoryPorts> {
  const made = memoryPorts();
  await made.lineage.createModel(sampleModel());
  const key = (datasetId: string) => `models/m1/datasets/${datasetId}/examples.jsonl`;
  const example = { weight: 1, slice: 'gold', folds: [], output: 'spam' };
  const datasets = {
    d1: [{ ...example, exampleId: 'f1', input: 'hello there', provenance: { kind: 'file', line: 1 } }],
    d2: [
      {
        ...example,
        exampleId: 'f1',
        input: 'hello there',
        provenance: { kind: 'parent', datasetId: 'd1', exampleId: 'f1' },
      },
      {
        ...example,
        exampleId: 'e1',
        input: said,
        provenance: { kind: 'trace', traceId: 't1', judge: 'human', clusterId: null, why: 'x' },
      },
      {
        ...example,
        exampleId: 'e2',
        input: 'her money back',
        provenance: { kind: 'synthesis', method: 'x', traceId: 't1', clusterId: 'c' },
      },
    ],
    d3: [
      {
        ...example,
        exampleId: 'e3',
        input: 'her money back',
        provenance: { kind: 'parent', datasetId: 'd2', exampleId: 'e2' },
      },
    ],
  };
  const modes = { d1: 'initial', d2: 'extend', d3: 'complement' } as const;
  for (const [index, [datasetId, examples]] of Object.entries(datasets).entries()) {
    const bytes = encodeJsonl(examples);
    await made.objects.put(key(datasetId), bytes);
    const createdAt = `2026-01-0${index + 1}T00:00:00.000Z`;
    const mode = modes[datasetId as keyof typeof modes];
    await made.lineage.putDataset(
      sampleDataset({ datasetId, key: key(datasetId), digest: digest(bytes), createdAt, mode }),
    );
    await made.lineage.putCheckpoint(sampleCheckpoint({ checkpointId: `c${index + 1}`, datasetId, createdAt }));
  }
  const control = await made.lineage.getControl('m1');
  if (control === undefined) throw new Error('no control item');
  const move = { at: '2026-01-02T00:00:00.000Z', to: 'c2', kind: 'promote', by: 'r1', reason: '' } as const;
  await made.lineage.compareAndSetControl(0, moveChampion(control, move));
  await made.lineage.putRun(sampleRun({ status: 'finished' }));
  await made.objects.put('runs/m1/r1/0/report/all/report.html', new TextEncoder().encode(`<p>${said}</p><p>hello</p>`));
  const ledger = ['hello there', 'back elm her jane money of roe street wants'];
  const entries = ledger.map((words) => ({ words, groupId: 'g', folds: [] }));
  await made.objects.put('models/m1/splits/create.jsonl', encodeJsonl(entries));
  await made.traceLog.append('m1', 'b1', {
    traces: [sampleTrace({ input: said }), sampleTrace({ traceId: 't2', input: 'hello there' })],
    judgements: [sampleJudgement()],
  });
  return made;
}

async function textOf(key: string): Promise<string> {
  return new TextDecoder().decode(await ports.objects.get(key));
}

async function everything(): Promise<string> {
  const log = await ports.traceLog.read('m1', { limit: 100 });
  const texts = await Promise.all((await ports.objects.list('')).map(textOf));
  return JSON.stringify(log) + texts.join('\n');
}

/** A store that fails at the write after so many, and at all later ones. */
function failingAfter(objects: ObjectStore, writes: number): ObjectStore {
  let left = writes;
  const counted = <T>(work: () => Promise<T>): Promise<T> => {
    left -= 1;
    return left < 0 ? Promise.reject(new Error('killed')) : work();
  };
  return {
    get: (key) => objects.get(key),
    list: (prefix) => objects.list(prefix),
    withLocalFile: (key, use) => objects.withLocalFile(key, use),
    put: (key, body) => counted(() => objects.put(key, body)),
    putIfAbsent: (key, body) => counted(() => objects.putIfAbsent(key, body)),
    delete: (key) => counted(() => objects.delete(key)),
  };
}
