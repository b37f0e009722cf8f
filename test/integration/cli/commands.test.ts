import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorkspace } from '../../../cli/workspace.ts';
import { moveChampion } from '../../../shared/domain/models/control.ts';
import { nextSteps } from '../../../shared/loop/report/next-steps.ts';
import { updateControl } from '../../../shared/operations/control-item.ts';
import { keptReport, promotedReport, tooLittleEvidenceReport } from '../../helpers/report-data.ts';
import { ratchetInProcess } from './in-process.ts';
import type { Ended } from './launcher.ts';

const examples = [
  ['win a prize now', 'spam'],
  ['cheap pills, buy now', 'spam'],
  ['you have won money, click here', 'spam'],
  ['notes of the meeting on tuesday', 'ham'],
  ['lunch at noon?', 'ham'],
  ['the report is attached', 'ham'],
].map(([input, output]) => JSON.stringify({ input, output }));

const trace = (fields: Record<string, unknown>): string =>
  JSON.stringify({ traceId: 't1', timestamp: '2026-01-01T00:00:00Z', input: 'win now', output: 'ham', ...fields });

let directory: string;
let created: Ended;

const at = (name: string): string => join(directory, name);
/** In the workspace of the test; names of files are taken for files of its directory. */
const run = (args: readonly string[], stdin?: string | Uint8Array): Promise<Ended> =>
  ratchetInProcess(
    ['--workspace', at('.ratchet'), ...args.map((arg) => (/\.(jsonl|gz)$/.test(arg) ? at(arg) : arg))],
    stdin,
  );
const write = (name: string, content: string | Uint8Array): Promise<void> => writeFile(at(name), content);
const countsOf = (ended: Ended) => JSON.parse(ended.stdout);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-cli-'));
  await write('examples.jsonl', [...examples, '{"input": "cut off', '{"input": "x", "output": ["ham"]}'].join('\n'));
  created = await run([
    'create',
    'mail',
    '--task',
    'classification',
    '--examples',
    'examples.jsonl',
    '--foundation',
    'none',
    '--json',
  ]);
}, 60_000);

afterAll(() => rm(directory, { recursive: true, force: true }));

describe('ratchet create', () => {
  test('writes one JSON object on stdout, and bad lines with file, line and mend on stderr', () => {
    expect(created.code).toBe(0);
    expect(countsOf(created)).toMatchObject({
      model: 'mail',
      task: 'classification',
      labels: ['ham', 'spam'],
      examples: 6,
      refused: 2,
    });
    expect(created.stderr).toMatch(/examples\.jsonl:7: not JSON.* — write one complete JSON object a line/);
    expect(created.stderr).toContain('examples.jsonl:8: "output"');
  });

  test('refuses a name that is taken', async () => {
    const ended = await run(['create', 'mail', '--labels', 'a,b']);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('ModelExists');
  });

  test.each([
    ['a name that is a path', ['create', '../x', '--labels', 'a,b'], 'letters, digits'],
    ['a missing file', ['create', 'new', '--examples', 'nowhere.jsonl'], 'There is no file /'],
    ['a directory', ['create', 'new', '--examples', '.'], 'is a directory'],
    ['neither labels nor examples', ['create', 'new'], '--labels'],
    ['an unknown task', ['create', 'new', '--task', 'poetry'], 'classification'],
    ['a seed that is no number', ['create', 'new', '--labels', 'a,b', '--seed', 'x'], 'whole number'],
    ['an unknown trainer', ['create', 'new', '--labels', 'a,b', '--trainer', 'ana'], 'Use one of: embedded'],
    ['an unknown predictor', ['create', 'new', '--labels', 'a,b', '--predictor', 'ana'], 'Use one of: embedded'],
    ['an unknown analyst', ['create', 'new', '--labels', 'a,b', '--analyst', 'ana'], 'Use one of: statistical'],
    ['an unknown judge', ['create', 'new', '--labels', 'a,b', '--judge', 'ana'], 'Use one of: rule'],
    ['an unknown foundation', ['create', 'new', '--labels', 'a,b', '--foundation', 'rock'], 'use-lite'],
    ['an unknown setting', ['create', 'new', '--labels', 'a,b', '--set', 'colour=red'], 'targetScore'],
    ['a setting out of bounds', ['create', 'new', '--labels', 'a,b', '--target-score', '96'], 'fraction'],
    ['an unknown caution', ['create', 'new', '--labels', 'a,b', '--caution', 'reckless'], 'strict, normal, bold'],
    ['an empty critical label', ['create', 'new', '--labels', 'a,b', '--critical', 'a,,b'], 'none of them empty'],
  ])('exits 2 for %s, and says how to mend it', async (_what, args, message) => {
    const ended = await run(args);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(message);
    expect(ended.stderr).not.toMatch(/^\s+at /m);
  });

  test('takes settings, and refuses a critical label that the model does not have', async () => {
    const misspelt = await run(['create', 'careful', '--labels', 'ham,spam', '--critical', 'ham,eggs']);
    expect(misspelt).toMatchObject({ code: 2 });
    expect(misspelt.stderr).toContain('The critical label "eggs" is none of the model\'s 2.');
    expect(misspelt.stderr).toContain('Name some of its labels: ham, spam.');
    const options = ['--caution', 'strict', '--critical', 'ham', '--set', 'reportShare=0.1', 'enoughFailures=7'];
    const ended = await run(['create', 'careful', '--labels', 'ham,spam', ...options]);
    expect(ended).toMatchObject({ code: 0 });
    const workspace = await openWorkspace(at('.ratchet'), { observer: { progress: () => {}, note: () => {} } });
    const model = await workspace.ports.lineage.getModel('careful');
    await workspace.close();
    expect(model?.settings).toMatchObject({
      caution: 'strict',
      critical: ['ham'],
      reportShare: 0.1,
      enoughFailures: 7,
    });
  });

  test('leaves no model behind when no example can be used', async () => {
    await write('empty.jsonl', '');
    expect((await run(['create', 'nothing', '--examples', 'empty.jsonl'])).code).toBe(2);
    expect((await run(['lineage', 'nothing'])).code).toBe(2);
  });
});

describe('ratchet ingest', () => {
  test('keeps the good lines of a file with a mark, CRLF, bad UTF-8 and a huge line', async () => {
    const content = Buffer.concat([
      Buffer.from(`\ufeff${trace({ traceId: 'a', expected: 'spam' })}\r\n\r\n${trace({ traceId: 'b' })}\r\n`),
      Buffer.from('{"traceId": "c'),
      Buffer.from([0xff, 0xfe, 0x0a]),
      Buffer.alloc(10_000_000, 'x'),
      Buffer.from(
        `\n${trace({ traceId: 'd', expected: 'eggs' })}\n${trace({ traceId: 'a', input: 'other' })}\n[]\n{"traceId":`,
      ),
    ]);
    await write('mixed.jsonl', content);
    const ended = await run(['ingest', 'mail', 'mixed.jsonl', '--json']);
    expect(ended.code).toBe(0);
    expect(countsOf(ended)).toMatchObject({ ingested: 3, judgements: 2, held: 1, alreadyKnown: 0, quarantined: 5 });
    const [path] = countsOf(ended).quarantine;
    const quarantined = (await readFile(path, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(quarantined.map((bad) => bad.line).sort((a: number, b: number) => a - b)).toEqual([4, 5, 7, 8, 9]);
    expect(quarantined.every((bad) => bad.mend !== '' && bad.file === at('mixed.jsonl'))).toBe(true);
    expect(ended.stderr).toContain('10000000 bytes');
  });

  test('changes nothing when a file comes again, packed or from stdin', async () => {
    const lines = [trace({ traceId: 'p', verdict: 'pass' }), trace({ traceId: 'q', expected: 'spam' })].join('\n');
    await write('twice.jsonl.gz', gzipSync(lines));
    expect(countsOf(await run(['ingest', 'mail', 'twice.jsonl.gz', '--json']))).toMatchObject({
      ingested: 2,
      judgements: 2,
    });
    const again = countsOf(await run(['ingest', 'mail', '-', '--json'], lines));
    expect(again).toMatchObject({ ingested: 0, judgements: 0, alreadyKnown: 2, quarantined: 0, quarantine: [] });
  });

  test('takes hostile texts for texts', async () => {
    const input = `'); DROP TABLE traces; -- <img src=x onerror=alert(1)> \u001b[2J`;
    await write('hostile.jsonl', `${trace({ traceId: `x' OR 1=1 --`, input })}\n\u001b[2J{"traceId`);
    const ended = await run(['ingest', 'mail', 'hostile.jsonl', '--json']);
    expect(countsOf(ended)).toMatchObject({ ingested: 1, quarantined: 1 });
    expect(ended.stderr).not.toContain('\u001b');
  });

  test('exits 2 when no line could be used, and for an unknown model', async () => {
    await write('bad.jsonl', '{"a": 1}\n{"a": 2}\n');
    expect(await run(['ingest', 'mail', 'bad.jsonl'])).toMatchObject({ code: 2 });
    expect(await run(['ingest', 'mail', 'empty.jsonl'])).toMatchObject({ code: 0 });
    expect(await run(['ingest', 'mail', 'bad.jsonl', '--strict'])).toMatchObject({ code: 1 });
    expect((await run(['ingest', 'mail', '--strict', 'bad.jsonl'])).stderr).toContain('put --strict behind the files');
    expect(await run(['ingest', 'mail', 'bad.jsonl', '--map', 'nonsense=x'])).toMatchObject({ code: 2, stdout: '' });
    expect(await run(['ingest', 'nobody', 'mixed.jsonl'])).toMatchObject({ code: 2, stdout: '' });
    expect(await run(['ingest', 'mail', 'mixed.jsonl', 'nowhere.jsonl'])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('ratchet predict', () => {
  test('answers each line in order, empty inputs, blank and bad lines too', async () => {
    const ended = await run(
      ['predict', 'mail'],
      '{"input":"win money now"}\n{"input":""}\n{"input":\n\n{"input":"  "}\n{"input":"the meeting","id":7}',
    );
    const answers = ended.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(ended.code).toBe(0);
    expect(answers.map((answer) => [answer.input, answer.output])).toEqual([
      ['win money now', 'spam'],
      ['', null],
      [null, null],
      ['', null],
      ['  ', null],
      ['the meeting', 'ham'],
    ]);
    expect(answers[2].error).toContain('not JSON');
    expect(ended.stderr).toContain('standard input:3: not JSON');
  });

  test.each([
    ['predict', 'mail', '--top-k', '0'],
    ['suspects', 'mail', '--limit', '-1'],
    ['suspects', 'mail', '--limit', '0'],
    ['create', 'other', '--labels', 'a,b', '--max-iterations', '0'],
  ])('and every command refuses a number that counts nothing: %s %s %s %s', async (...args) => {
    const ended = await run(args, '{"input":"x"}');
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('It must be a whole number, 1 or more.');
    expect(ended.stderr).not.toContain('too_small');
  });

  test('exits 2 when no line can be read, or the checkpoint is unknown', async () => {
    expect((await run(['predict', 'mail'], '')).code).toBe(2);
    expect((await run(['predict', 'mail'], 'x')).code).toBe(2);
    expect((await run(['predict', 'mail', '--checkpoint', 'nope'], '{"input":"x"}')).code).toBe(2);
  });
});

describe('ratchet status', () => {
  test('says of a first checkpoint how it does on all judged traffic, and how many traces are missing', async () => {
    const ended = await run(['status', 'mail', '--json']);
    expect(ended).toMatchObject({ code: 0 });
    const status = countsOf(ended);
    expect(status).toMatchObject({
      model: 'mail',
      champion: { checkpoint: countsOf(created).checkpoint, how: 'create', predecessor: null },
      lastRun: null,
      active: null,
    });
    expect(status.since.judged).toBe(4);
    expect(status.since.champion.of + status.since.nearEarlier + status.since.repeated + status.since.undecided).toBe(
      4,
    );
    expect(status.since.missing).toBe(20 - status.since.champion.of);
    const { stdout } = await run(['status', 'mail']);
    expect(stdout).toContain(`mail: champion ${status.champion.checkpoint} since ${status.champion.since}`);
    expect(stdout).toMatch(/more, unlike any before, are needed/);
    expect(stdout).toContain('No run is going on.');
  });

  test('holds a champion beside its predecessor on what came after the promotion', async () => {
    await run(['create', 'post', '--examples', 'examples.jsonl', '--foundation', 'none']);
    const first = countsOf(await run(['status', 'post', '--json'])).champion.checkpoint;
    await promoteOtherExamples('post', first);
    const inputs = Array.from({ length: 24 }, (_, index) => `zebra${index} stripe${index} gnu${index} invoice`);
    const judged = inputs.map((input, index) =>
      trace({ traceId: `after-${index}`, input, expected: index % 6 === 0 ? 'spam' : 'ham', output: 'spam' }),
    );
    await write('after.jsonl', judged.join('\n'));
    expect(await run(['ingest', 'post', 'after.jsonl'])).toMatchObject({ code: 0 });
    const { since, champion } = countsOf(await run(['status', 'post', '--json']));
    expect(champion).toMatchObject({ how: 'promote', by: 'run-by-hand', predecessor: first });
    expect(since).toMatchObject({ judged: 24, nearEarlier: 0, missing: 0, champion: { right: 20, of: 24 } });
    expect(since.gained - since.lost).toBe(since.champion.right - since.predecessor.right);
    expect(since.verdict).toMatch(/^On 24 judged traces since the promotion the champion is right in 83\.3 %/);
    const { stdout } = await run(['status', 'post']);
    expect(stdout).toContain('promoted by run run-by-hand in place of');
    expect(stdout).toContain(since.verdict);
    expect(stdout).toContain('20 of 24');
  });

  test('exits 2 for an unknown model', async () => {
    expect(await run(['status', 'nobody'])).toMatchObject({ code: 2, stdout: '' });
  });
});

/** Trains a checkpoint to which all that has an invoice in it is ham, and moves the champion to it as a run would. */
async function promoteOtherExamples(modelId: string, first: string): Promise<void> {
  const lines = ['your invoice', 'an invoice of june', 'invoice paid'].map((input) => ({ input, output: 'ham' }));
  const bad = ['win a prize', 'cheap pills'].map((input) => ({ input, output: 'spam' }));
  await write('other.jsonl', [...lines, ...bad].map((line) => JSON.stringify(line)).join('\n'));
  await run(['create', 'other', '--examples', 'other.jsonl', '--foundation', 'none']);
  const other = countsOf(await run(['status', 'other', '--json'])).champion.checkpoint;
  const workspace = await openWorkspace(at('.ratchet'), { observer: { progress: () => {}, note: () => {} } });
  const { lineage, clock } = workspace.ports;
  const trained = await lineage.getCheckpoint('other', other);
  const dataset = await lineage.getDataset('other', trained?.datasetId ?? '');
  if (trained === undefined || dataset === undefined) throw new Error('nothing was trained');
  await lineage.putDataset({ ...dataset, modelId });
  await lineage.putCheckpoint({ ...trained, modelId, parentId: first });
  const promotion = { to: other, kind: 'promote' as const, by: 'run-by-hand', reason: 'by the test' };
  await updateControl(modelId, workspace.ports, (control) =>
    moveChampion(control, { ...promotion, at: new Date(clock.now()).toISOString() }),
  );
  await workspace.close();
}

describe('ratchet lineage, rollback and report', () => {
  test('show the champion and its move', async () => {
    const lineage = countsOf(await run(['lineage', 'mail', '--json']));
    expect(lineage).toMatchObject({ model: 'mail', champion: countsOf(created).checkpoint, runs: [] });
    expect(lineage.checkpoints).toMatchObject([{ champion: true, parentId: null }]);
    expect(lineage.moves).toMatchObject([{ kind: 'create', to: lineage.champion }]);
    expect((await run(['lineage', 'mail'])).stdout).toContain(`└─ ${lineage.champion} · ★ champion`);
  });

  test('refuse what is not known, and name what is', async () => {
    const rollback = await run(['rollback', 'mail', '--to', 'nope']);
    expect(rollback).toMatchObject({ code: 2, stdout: '' });
    expect(rollback.stderr).toContain(countsOf(created).checkpoint);
    const release = await run(['rollback', 'mail', '--release', 'nope']);
    expect(release).toMatchObject({ code: 2, stdout: '' });
    expect(release.stderr).toContain('No rollback keeps checkpoint "nope" of mail out.');
    for (const wrong of [[], ['--to', 'a', '--release', 'b']]) {
      expect((await run(['rollback', 'mail', ...wrong])).stderr).toContain(
        'One of --to, --if-worse and --release is needed.',
      );
    }
    const report = await run(['report', 'run-1']);
    expect(report).toMatchObject({ code: 2 });
    expect(report.stderr).toContain('UnknownRun');
  });
});

describe('what a person reviews', () => {
  test('goes back by ratchet ingest: an unedited line says nothing, one filled in is a person’s judgement', async () => {
    await run(['create', 'reviewed', '--examples', 'examples.jsonl', '--foundation', 'none']);
    const bare = Array.from({ length: 6 }, (_, index) =>
      trace({ traceId: `bare-${index}`, input: `lunch on day ${index}?`, verdict: 'fail', output: 'spam' }),
    );
    await write('bare.jsonl', bare.join('\n'));
    expect(await run(['ingest', 'reviewed', 'bare.jsonl'])).toMatchObject({ code: 0 });
    const ended = await run(['run', 'reviewed', '--json']);
    expect(ended.code).toBe(3);
    const result = countsOf(ended);
    expect(result.headline).toMatch(/missing until there is enough to decide by.*6 failures have no right answer yet/);
    const path = (await run(['report', result.run, '--review'])).stdout.trim();
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(6);

    await write('untouched.jsonl', lines.join('\n'));
    const untouched = countsOf(await run(['ingest', 'reviewed', 'untouched.jsonl', '--json']));
    expect(untouched).toMatchObject({ ingested: 0, judgements: 0, alreadyKnown: 6, quarantined: 0 });

    await write('filled.jsonl', lines.map((line) => line.replace('"expected":null', '"expected":"ham"')).join('\n'));
    const filled = countsOf(await run(['ingest', 'reviewed', 'filled.jsonl', '--json']));
    expect(filled).toMatchObject({ ingested: 0, judgements: 6, quarantined: 0 });
    const workspace = await openWorkspace(at('.ratchet'), { observer: { progress: () => {}, note: () => {} } });
    const [known] = await workspace.ports.traceLog.read('reviewed', { limit: 1, traceIds: ['bare-0'] });
    expect(known?.judgements).toMatchObject([
      { verdict: 'fail', judge: { kind: 'rule' } },
      { verdict: 'fail', expected: 'ham', judge: { kind: 'human' } },
    ]);
    await workspace.close();
  }, 60_000);

  test('is named by commands that there are, in every step that a report tells to take', async () => {
    const keptOut = { checkpointId: 'ck1', by: 'ana', reason: 'complaints', at: '2026-03-01T00:00:00Z' };
    const reports = [
      promotedReport(),
      keptReport(),
      tooLittleEvidenceReport(),
      { ...tooLittleEvidenceReport(), keptOut },
    ];
    const links = [{ title: 'Execution', url: 'https://console.example/' }];
    const all = reports.flatMap((data) => [data, { ...data, links }]);
    const told = all.flatMap((data) => nextSteps(data)).flatMap((step) => step.match(/ratchet [a-z][^();:,]*/g) ?? []);
    expect(told.length).toBeGreaterThan(10);
    for (const command of told) {
      const [, name = '', ...args] = command.trim().split(' ');
      const { code, stdout } = await ratchetInProcess([name, '--help']);
      expect([code, command]).toEqual([0, command]);
      for (const option of args.filter((arg) => arg.startsWith('--'))) expect(stdout).toContain(option);
    }
  });
});

describe('ratchet', () => {
  test('says where it looked when there is no workspace, and makes none', async () => {
    const ended = await ratchetInProcess(['lineage', 'mail', '--workspace', at('elsewhere')]);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(at('elsewhere'));
    expect(await readdir(directory)).not.toContain('elsewhere');
  });

  test('teaches: help has the story, and each command an example', async () => {
    const { stdout, code } = await ratchetInProcess(['--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ratchet create[\s\S]*ratchet ingest[\s\S]*ratchet run[\s\S]*ratchet report/);
    const names = ['create', 'ingest', 'run', 'predict', 'report', 'status', 'lineage', 'rollback', 'doctor'];
    for (const { stdout: help } of await Promise.all(names.map((name) => run([name, '--help'])))) {
      expect(help).toMatch(/Example:\n {2}\$ /);
      expect(help).toContain('--workspace');
    }
  });

  test('exits 2 for bad usage, with nothing on stdout', async () => {
    for (const args of [[], ['fly'], ['lineage'], ['lineage', 'mail', '--fast'], ['rollback', 'mail']]) {
      expect(await ratchetInProcess(args)).toMatchObject({ code: 2, stdout: '' });
    }
  });
});
