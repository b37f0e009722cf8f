import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SeededRandom } from '../../../shared/adapters/local/seeded-random.ts';
import { labels, samples } from '../../helpers/made-up-traffic.ts';
import { ratchetInProcess } from './in-process.ts';
import type { Ended } from './launcher.ts';

let directory: string;
const random = new SeededRandom();
const at = (name: string): string => join(directory, name);
const run = (args: readonly string[], stdin = ''): Promise<Ended> =>
  ratchetInProcess(
    ['--workspace', at('.ratchet'), ...args.map((arg) => (arg.endsWith('.jsonl') ? at(arg) : arg))],
    stdin,
  );
const json = (ended: Ended) => JSON.parse(ended.stdout);
const lines = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const write = (name: string, values: readonly unknown[]): Promise<void> => writeFile(at(name), lines(values));

/** Traffic as another model answered it: one in six wrong; one in eleven right outputs of the judge wrong too. */
function traffic(count: number, prefix: string, drift = 0) {
  return samples(count, drift, random.stream(1, prefix)).map(({ input, output }, index) => {
    const other = labels[(labels.indexOf(output) + 1 + (index % 2)) % labels.length];
    return {
      traceId: `${prefix}-${index}`,
      timestamp: new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString(),
      input,
      output: index % 6 === 0 ? other : output,
      expected: index % 11 === 5 ? other : output,
      judge: { kind: 'llm', id: 'gpt' },
    };
  });
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-everyday-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('a model that has judged traces and no checkpoint', () => {
  beforeAll(async () => {
    await write('cold.jsonl', traffic(360, 'cold'));
    expect(await run(['create', 'cold', '--labels', labels.join(','), '--foundation', 'none'])).toMatchObject({
      code: 0,
    });
    expect(await run(['ingest', 'cold', 'cold.jsonl'])).toMatchObject({ code: 0 });
  });

  test('is told the next command by whatever asks for a champion', async () => {
    for (const args of [
      ['run', 'cold'],
      ['predict', 'cold'],
    ]) {
      const ended = await run(args, '{"input": "where is my parcel"}\n');
      expect(ended).toMatchObject({ code: 2, stdout: '' });
      expect(ended.stderr).toBe(
        'NoChampion: Model cold has no champion yet. There are 360 judged traces to make one of.\n' +
          'Train it on them: ratchet create cold --from-traces\n',
      );
    }
    expect((await run(['list'])).stdout).toContain(
      'Next: ratchet create cold --from-traces (360 judged traces are here)',
    );
    expect((await run(['status'])).stdout).toContain(
      'Next: 360 judged traces are here: ratchet create cold --from-traces',
    );
  });

  test('gets its first checkpoint of them, measured by models that have not seen them', async () => {
    const ended = await run(['create', 'cold', '--from-traces', '--caution', 'strict', '--json']);
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stderr).toContain('Note: the model is registered already, so --caution changes nothing.');
    expect(ended.stderr).toContain('ratchet run cold');
    const created = json(ended);
    expect(created).toMatchObject({ evaluation: { method: 'out-of-fold' }, notes: [] });
    // One in eleven is wrong, so no more than ten can be right by them.
    expect(created.evaluation.value).toBeGreaterThan(0.85);
    expect(created.evaluation.value).toBeLessThan(0.95);
    expect(await run(['create', 'cold', '--from-traces'])).toMatchObject({ code: 2 });
  });

  test('is then improved by a run that weighs the same traces, and finds the wrong judgements among them', async () => {
    await write('later.jsonl', traffic(360, 'later', 0.5));
    await run(['ingest', 'cold', 'later.jsonl']);
    expect((await run(['status', '--no-compare'])).stdout).toContain('Next run: now. ');
    const ended = await run(['run', 'cold', '--json']);
    expect(ended).toMatchObject({ code: 0 });
    const result = json(ended);
    expect(result.decision).toBe('promoted');
    expect(result.gain.of).toBeGreaterThan(500);

    const suspects = (await run(['suspects', 'cold', '--all', '--json'])).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const wrong = suspects.filter(({ traceId }) => Number(traceId.split('-')[1]) % 11 === 5);
    expect(wrong.length).toBeGreaterThan(45);
    expect(wrong.length / suspects.length).toBeGreaterThan(0.9);
    const probabilities = suspects.map(({ metadata }) => metadata.review.probability);
    expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
    const { stdout, stderr } = await run(['suspects', '--limit', '2']);
    expect(stdout.trim().split('\n')).toHaveLength(6);
    expect(stderr).toContain(`2 suspect judgements of ${suspects.length}`);

    await write('again.jsonl', suspects);
    expect(json(await run(['ingest', 'cold', 'again.jsonl', '--json']))).toMatchObject({ ingested: 0, judgements: 0 });
    const corrected = suspects.map(({ metadata, ...line }) => ({
      ...line,
      expected: metadata.review.likely,
      judge: { kind: 'human', id: 'ana' },
    }));
    await write('corrected.jsonl', corrected);
    expect(json(await run(['ingest', 'cold', 'corrected.jsonl', '--json']))).toMatchObject({
      ingested: 0,
      judgements: suspects.length,
    });
  }, 120_000);

  test('explains a trace: its words, its neighbours, its triage, what it trained, and what each checkpoint says', async () => {
    const listed = (await run(['suspects', '--all', '--json'])).stdout.trim().split('\n');
    const suspect = listed.map((line) => JSON.parse(line)).find(({ traceId }) => traceId.startsWith('cold-'));
    const found = json(await run(['explain', 'cold', suspect.traceId, '--json']));
    expect(found.trace.traceId).toBe(suspect.traceId);
    expect(found.lastRun.triage).toMatchObject({
      category: 'suspect-judgement',
      suspect: { likely: found.answer.output },
    });
    expect(found.lastRun.cluster).toBeNull();
    expect(found.place).toMatchObject({ use: 'evidence' });
    expect(found.checkpoints.length).toBeGreaterThan(1);
    expect(found.checkpoints[0]).toMatchObject({ champion: true, unseen: true });
    expect(found.neighbours).toHaveLength(5);
    // It trained the first checkpoint, before anybody could know.
    expect(
      found.training.map(({ run: of, slice }: { run: string | null; slice: string }) => [of, slice]),
    ).toContainEqual([null, 'gold']);

    const gold = json(await run(['explain', 'cold', 'later-1', '--json']));
    expect(
      gold.training.some(({ checkpoints }: { checkpoints: string[] }) => checkpoints.includes(gold.answer.checkpoint)),
    ).toBe(true);
    const text = (await run(['explain', 'cold', 'later-1'])).stdout;
    for (const part of [
      'Trace later-1 of',
      'Why, against',
      'Training examples most like it:',
      '  triage: ',
      'What it did to training:',
      'Checkpoints:',
    ])
      expect(text).toContain(part);
  });

  test('explains any text, and refuses a trace that is not there', async () => {
    const found = json(await run(['explain', 'cold', '--input', 'my parcel and the courier', '--json']));
    expect(found).toMatchObject({
      trace: null,
      lastRun: null,
      place: null,
      training: [],
      answer: { output: 'delivery' },
    });
    expect(
      found.why.parts
        .slice(0, 2)
        .map(({ text }: { text: string }) => text)
        .sort(),
    ).toEqual(['courier', 'parcel']);
    expect(await run(['explain', 'cold', 'nowhere'])).toMatchObject({ code: 2, stdout: '' });
    expect((await run(['explain', 'cold'])).stderr).toContain('--input TEXT');
    expect(await run(['explain', 'cold', 'later-1', '--input', 'x'])).toMatchObject({ code: 2 });
  });

  test('needs no name where it is the only one, and no name of a run where the latest is meant', async () => {
    const latest = json(await run(['report', '--json']));
    expect(latest).toMatchObject({ model: 'cold', decision: 'promoted', opened: false });
    expect(latest.review).toMatch(/review\.jsonl$/);
    for (const of of ['latest', 'cold', latest.run]) expect(json(await run(['report', of, '--json']))).toEqual(latest);
    expect((await run(['lineage'])).stdout).toContain('cold: champion');
    const status = json(await run(['status', '--json']));
    expect(status).toMatchObject({
      model: 'cold',
      health: { traffic: { traces: 720 }, missing: { records: 0 } },
      review: { run: latest.run, file: latest.review },
    });
    expect(status.review.suspects).toBeGreaterThan(0);
    const toReview = (await readFile(latest.review, 'utf8')).trim().split('\n');
    const counted = status.review.reasons.reduce((sum: number, { count }: { count: number }) => sum + count, 0);
    expect(counted).toBe(toReview.length);
    const [listed] = json(await run(['list', '--json'])).models;
    expect(listed).toMatchObject({ model: 'cold', labels: 3, champion: { score: { measuredBy: 'out-of-fold' } } });
  });
});

describe('ratchet list', () => {
  test('says how to start where there is no workspace, and makes none', async () => {
    const nowhere = at('nowhere');
    const listed = (...args: string[]) => ratchetInProcess(['--workspace', nowhere, 'list', ...args], '');
    expect(await listed()).toEqual({
      code: 0,
      stdout: '',
      stderr: `There is no workspace in ${nowhere} yet. Make the first model: ratchet create MODEL --examples FILE\n`,
    });
    expect(json(await listed('--json'))).toMatchObject({ models: [] });
    expect(await readdir(directory)).not.toContain('nowhere');
  });
});

describe('ratchet create', () => {
  const examples = samples(90, 0, random.stream(2, 'examples'));

  test('tells the cross-validated accuracy, and warns of labels with one example', async () => {
    await write('examples.jsonl', [...examples, { input: 'a word of praise', output: 'praise' }]);
    const ended = await run(['create', 'told', '--examples', 'examples.jsonl', '--foundation', 'none']);
    expect(ended.stdout).toMatch(
      /^Accuracy \d+\.\d % \(95 % interval \d+\.\d % to \d+\.\d %\) on 91 examples, cross-validated/m,
    );
    expect(ended.stderr).toContain('Note: one example alone of: praise.');
    expect((await run(['lineage', 'told'])).stdout).toContain('(cross-validation)');
    const plain = await run([
      'create',
      'plain',
      '--examples',
      'examples.jsonl',
      '--foundation',
      'none',
      '--no-evaluate',
      '--json',
    ]);
    expect(json(plain)).toMatchObject({ evaluation: null, notes: ['one example alone of: praise'] });
  });

  test('takes a table whose columns have names of their own, once it is told which is which', async () => {
    const rows = examples.map(({ input, output }) => `"${input}",${String(output)}`);
    await writeFile(at('table.csv'), ['utterance,intent', ...rows].join('\n'));
    const args = ['create', 'table', '--examples', at('table.csv'), '--foundation', 'none', '--no-evaluate'];
    expect((await run([...args, '--format', 'nonsense'])).stderr).toContain('There is no format "nonsense".');
    const refused = await run(args);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    const [, told = ''] =
      /(--map input=utterance --map output=intent) \(fields: utterance, intent\)/.exec(refused.stderr) ?? [];
    expect(json(await run([...args, ...told.split(' '), '--json']))).toMatchObject({ examples: examples.length });
  });

  test('takes labels with commas, by CSV or one by one', async () => {
    const args = ['--labels', '"refunds, returns",delivery', '--label', 'thanks, praise', '--label', 'other'];
    expect(json(await run(['create', 'commas', ...args, '--json'])).labels).toEqual([
      'delivery',
      'other',
      'refunds, returns',
      'thanks, praise',
    ]);
  });

  test.each([
    [
      ['--caution', 'strict', '--set', 'caution=bold'],
      '--caution and --set caution=bold are the same setting.',
      'Give one of them.',
    ],
    [
      ['--target-score', '0.9', '--set', 'targetScore=0.8'],
      '--target-score and --set targetScore=0.8',
      'Give one of them.',
    ],
    [['--set', 'alpha=0'], '"alpha": must be above 0', 'Give another value.'],
    [['--examples', 'examples.jsonl', '--from-traces'], 'Both --examples and --from-traces', 'one of them'],
  ])('refuses %j in plain words', async (args, message, mend) => {
    const ended = await run(['create', 'refused', '--labels', 'a,b', ...args]);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(message);
    expect(ended.stderr).toContain(mend);
    expect(await run(['lineage', 'refused'])).toMatchObject({ code: 2 });
  });

  test('says which model is meant where several could be', async () => {
    expect((await run(['status'])).stderr).toMatch(/There are \d+ models here, and none is named\./);
    expect((await run(['report', 'nothing'])).stderr).toContain('There is no run and no model "nothing" here.');
    expect((await run(['report', 'plain'])).stderr).toContain('Model plain has had no run so far.');
  });
});

describe('ratchet predict', () => {
  test('records what it answers, as traces that are judged later', async () => {
    const stdin = `\n${lines([{ input: 'my parcel', id: 1, slice: 'eu' }, { input: 'my password', id: 2 }, { input: '' }])}`;
    const before = json(await run(['status', 'cold', '--no-compare', '--json'])).health.traffic.traces;
    const ended = await run(['predict', 'cold', '--record'], stdin);
    const [blank, ...answers] = ended.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(blank).toEqual({ input: '', output: null, confidence: 0 });
    expect(answers).toMatchObject([
      { id: 1, slice: 'eu', output: 'delivery' },
      { id: 2, output: 'account' },
      { output: null },
    ]);
    expect(json(await run(['status', 'cold', '--no-compare', '--json'])).health.traffic.traces).toBe(before + 3);
    const [{ traceId }] = answers;
    const found = json(await run(['explain', 'cold', traceId, '--json']));
    expect(found.trace).toMatchObject({ recorded: 'delivery', checkpoint: found.answer.checkpoint });
    await write('feedback.jsonl', [
      {
        traceId,
        timestamp: found.trace.timestamp,
        input: 'my parcel',
        output: 'delivery',
        verdict: 'pass',
        judge: { kind: 'human', id: 'ana' },
      },
    ]);
    expect(json(await run(['ingest', 'cold', 'feedback.jsonl', '--json']))).toMatchObject({
      ingested: 0,
      judgements: 1,
    });
  });

  test('answers texts, names alternatives, and abstains', async () => {
    const args = ['predict', 'cold', '--text', '--top-k', '3', '--abstain-below', '1'];
    const [answer, blank, ...others] = (await run(args, 'my parcel\n\nthe courier, {"x"\n')).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(blank).toEqual({
      input: '',
      output: null,
      confidence: 0,
      alternatives: [],
      abstained: false,
      wouldBe: null,
    });
    expect(others).toHaveLength(1);
    expect(answer).toMatchObject({ input: 'my parcel', output: null, abstained: true, wouldBe: 'delivery' });
    expect(answer.alternatives).toHaveLength(3);
    expect((await run(['predict', 'cold'], 'my parcel\n')).stderr).toContain('or add --text');
    expect(await run(['predict', 'cold', '--top-k', '0'], '{"input": "x"}\n')).not.toMatchObject({ code: 0 });
  });
});
