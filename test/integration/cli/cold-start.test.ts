import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorkspace } from '../../../cli/workspace.ts';
import { readDataset } from '../../../shared/operations/stored-records.ts';
import { blockIn, rewritten, roleOf } from '../../helpers/analyst-script.ts';
import { ChatByScript } from '../../helpers/chat-by-script.ts';
import { madeUpIntents } from '../../helpers/made-up-intents.ts';
import type { Line } from '../../helpers/scripted-chat.ts';
import { ratchetInProcess } from './in-process.ts';

let directory: string;
const at = (name: string): string => join(directory, name);
const run = (...args: readonly string[]) => ratchetInProcess(['--workspace', at('.ratchet'), ...args, '--json']);
const held = madeUpIntents.filter((_, index) => index % 5 === 0);
const inputs = madeUpIntents.filter((one) => !held.includes(one));
const truth = new Map(madeUpIntents.map(({ input, output }) => [input, output]));

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-cold-start-'));
  await writeFile(at('inputs.jsonl'), inputs.map(({ input }) => `${JSON.stringify({ input })}\n`).join(''));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('texts that nobody has labelled', () => {
  test('are offered as clusters; named, they train a model that answers texts which it has not seen', async () => {
    const file = at('clusters.jsonl');
    const offered = await run('create', 'cold', '--inputs', at('inputs.jsonl'), '--clusters', '12', '--to', file);
    expect(offered).toMatchObject({ code: 0 });
    expect(JSON.parse(offered.stdout)).toMatchObject({ model: 'cold', inputs: inputs.length, refused: 0, file });
    expect(offered.stderr).toContain('/#/models/cold/clusters');
    expect((await run('list')).stderr).toBe(
      'There are no models here yet.\nClusters wait to be named for cold: fill in "label" in the file that ratchet create cold --inputs wrote, then: ratchet create cold --from-clusters FILE\n',
    );
    const kept = () => readdir(at('.ratchet/objects/cold-start/cold')).catch(() => []);
    expect(await kept()).toEqual(['clusters.json']);

    const clusters = (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const named = clusters.map((cluster) => {
      const counts = Map.groupBy(cluster.inputs, (input: string) => truth.get(input) ?? '');
      const [label] = [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [''];
      return { ...cluster, label };
    });
    await writeFile(file, named.map((cluster) => `${JSON.stringify(cluster)}\n`).join(''));
    const created = await run('create', 'cold', '--from-clusters', file, '--foundation', 'none');
    expect(created).toMatchObject({ code: 0 });
    // The model has the texts now, and what waited to be named is gone.
    expect(await kept()).toEqual([]);
    expect((await run('list')).stderr).toBe('');
    const { labels, examples } = JSON.parse(created.stdout);
    expect([labels, examples]).toEqual([[...new Set(named.map(({ label }) => label))].sort(), inputs.length]);

    const asked = held.map(({ input }) => `${JSON.stringify({ input })}\n`).join('');
    const answered = await ratchetInProcess(['--workspace', at('.ratchet'), 'predict', 'cold'], asked);
    const answers = answered.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const right = answers.filter(({ output }, index) => output === held[index]?.output).length;
    expect(right / held.length).toBeGreaterThan(0.8);
  });

  test('that have no name yet make no model, and it is said what to do', async () => {
    const file = at('unnamed.jsonl');
    expect(await run('create', 'none', '--inputs', at('inputs.jsonl'), '--to', file)).toMatchObject({ code: 0 });
    const ended = await run('create', 'none', '--from-clusters', file);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('Fill in "label" of at least two lines');
    expect(await run('create', 'none', '--inputs', at('inputs.jsonl'), '--to', file)).toMatchObject({ code: 2 });
  });

  test('are not sorted beside something to train on, which would be left unread', async () => {
    const file = at('beside.jsonl');
    for (const other of [['--examples', file], ['--from-clusters', file], ['--from-traces']]) {
      const refused = await run('create', 'both', '--inputs', at('inputs.jsonl'), '--to', file, ...other);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toContain(`Both --inputs and ${other[0]} are given.`);
    }
  });

  test('are untrusted: names of properties, control characters and lines that are none do no harm', async () => {
    const hostile = [
      '{"input": "\\u001b[2J__proto__"}',
      '{"__proto__": {"input": "x"}}',
      'plain text',
      '{"input": 7}',
      '{',
    ];
    await writeFile(at('hostile.jsonl'), `${hostile.join('\n')}\n`);
    const offered = await ratchetInProcess(
      ['--workspace', at('.ratchet'), 'create', 'h', '--inputs', at('hostile.jsonl'), '--to', at('h.jsonl')],
      '',
    );
    expect(offered.code).toBe(0);
    expect(offered.stdout + offered.stderr).not.toContain('\u001b[2J');
    expect(JSON.parse(await readFile(at('h.jsonl'), 'utf8'))).toMatchObject({ size: 2 });
  });
});

/** Writes two texts of its own after two of the label's, one that is on record, and one with another label's answer. */
function writer(request: Parameters<typeof roleOf>[0], turn: number): Line {
  if (roleOf(request) !== 'curriculum-writer' || turn > 0) return { text: 'Done.' };
  const own = blockIn(request, 'failures of the cluster');
  const gold = own.slice(0, 2).map(({ traceId, input }) => {
    return { slice: 'gold', traceId, input: rewritten(String(input), 'kindly') };
  });
  const known = { slice: 'gold', traceId: own[2]?.traceId, input: own[3]?.input };
  const other = { slice: 'gold', traceId: own[2]?.traceId, input: 'something else then', output: 'no label' };
  return { calls: [['propose_examples', { examples: [...gold, known, other] }]] };
}

describe('labels that people confirmed for few texts', () => {
  let chat: ChatByScript;
  beforeAll(async () => {
    chat = await ChatByScript.start();
  });
  afterAll(() => chat.close());
  const env = () => ({ RATCHET_CHAT_URL: chat.url, RATCHET_CHAT_MODEL: 'scripted' });
  const create = (model: string, more: readonly string[], withChat = true) =>
    ratchetInProcess(
      ['--workspace', at('.ratchet'), 'create', model, '--foundation', 'none', '--no-evaluate', ...more, '--json'],
      '',
      withChat ? env() : {},
    );
  const names = [...new Set(truth.values())].slice(0, 3);
  const texts = (label: string) => inputs.filter(({ output }) => output === label).map(({ input }) => input);
  const description = ['--describe', 'what customers of a bank want'];

  beforeAll(async () => {
    const clusters = names.map((label, index) => {
      const own = texts(label);
      return { cluster: String(index + 1), label, size: own.length, words: [], inputs: own };
    });
    await writeFile(at('few.jsonl'), clusters.map((one) => `${JSON.stringify(one)}\n`).join(''));
  });

  async function trainedOn(model: string) {
    const place = await openWorkspace(at('.ratchet'), { observer: { progress: () => {}, note: () => {} } });
    try {
      const [dataset] = await place.ports.lineage.listDatasets(model);
      if (dataset === undefined) throw new Error('no dataset');
      return { dataset, examples: await readDataset(dataset, place.ports) };
    } finally {
      await place.close();
    }
  }

  test('agents write after these texts, with their labels; what does not stand is left out, and who wrote is on record', async () => {
    chat.play(writer);
    const ended = await create('few', ['--from-clusters', at('few.jsonl'), ...description]);
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stderr).toContain(`Agents wrote 6 examples for 3 labels with few texts`);
    const asked = chat.requests.map((request) => request.messages.map(({ text }) => text).join('\n'));
    expect(asked.every((text) => text.includes('what customers of a bank want'))).toBe(true);
    const { dataset, examples } = await trainedOn('few');
    const read = names.flatMap(texts).length;
    expect(JSON.parse(ended.stdout)).toMatchObject({ examples: read + 6, labels: [...names].sort() });
    const written = examples.filter(({ provenance }) => provenance.kind === 'synthesis');
    expect(written.map(({ input, output }) => [input, output])).toEqual(
      expect.arrayContaining(names.map((label) => [rewritten(texts(label)[0] ?? '', 'kindly'), label])),
    );
    expect(written).toHaveLength(6);
    const ids = new Set(examples.filter(({ provenance }) => provenance.kind === 'file').map((one) => one.exampleId));
    for (const { provenance, output } of written) {
      if (provenance.kind !== 'synthesis') throw new Error('not written');
      expect(provenance).toMatchObject({ method: 'written', by: { turn: 1 } });
      expect(ids.has(provenance.traceId)).toBe(true);
      expect(examples.find(({ exampleId }) => exampleId === provenance.traceId)?.output).toBe(output);
    }
    expect(dataset.manifest.written?.map((one) => one.examples)).toEqual([2, 2, 2]);
    expect(dataset.manifest.notes.join()).toContain('6 examples written by agents');
  });

  test('the turns of a cold start are the most that they take', async () => {
    chat.play(writer);
    const ended = await create('short', [
      '--from-clusters',
      at('few.jsonl'),
      ...description,
      '--set',
      'agentTurnsColdStart=2',
    ]);
    expect(ended.stderr).toContain('Agents wrote 2 examples for 3 labels');
    expect(chat.requests).toHaveLength(2);
  });

  test('nothing is written without a description, without a chat model, or without confirmed labels', async () => {
    chat.play(writer);
    expect(await create('plain', ['--from-clusters', at('few.jsonl')])).toMatchObject({ code: 0 });
    const without = await create('alone', ['--from-clusters', at('few.jsonl'), ...description], false);
    expect(without.code).toBe(0);
    expect(without.stderr).toContain('no examples are written');
    const unnamed = await create('unnamed', ['--from-clusters', at('unnamed.jsonl'), ...description]);
    expect(unnamed.stderr).toContain('Fill in "label" of at least two lines');
    const other = await create('other', ['--examples', at('few.jsonl'), ...description]);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('Give it with --inputs FILE, or with --from-clusters FILE.');
    expect(chat.requests).toEqual([]);
  });
});
