import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import { hostileTexts } from '../helpers/trace-samples.ts';
import { ratchetInProcess } from './cli/in-process.ts';
import { type Ended, ratchet } from './cli/launcher.ts';

let directory: string;
let champion: string;
const at = (name: string): string => join(directory, name);
const random = new SeededRandom();
const jsonl = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join('\n');

/** In a workspace of its own name. */
const run = (workspace: string, args: readonly string[], stdin?: string | Uint8Array): Promise<Ended> =>
  ratchetInProcess(['--workspace', at(workspace), ...args], stdin);

async function createFrom(workspace: string, model: string, examples: string | Uint8Array): Promise<Ended> {
  return run(workspace, ['create', model, '--examples', '-', '--foundation', 'none', '--json'], examples);
}

/** A copy of the workspace with a trained model `support`, to be spoilt by one test. */
async function trained(name: string): Promise<string> {
  await cp(at('trained'), at(name), { recursive: true });
  return name;
}

/** No stack, no fault of ours, no control character; a mend where something was refused. */
function expectClear({ stderr, stdout }: Ended): void {
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr).not.toMatch(/Unexpected fault|undefined|\[object|ZodError/);
  expect(stderr + stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
}

const trace = (fields: Record<string, unknown>): Record<string, unknown> => ({
  traceId: 't1',
  timestamp: '2026-01-01T00:00:00Z',
  input: 'where is my parcel',
  output: 'delivery',
  ...fields,
});
const labels = ['account', 'delivery', 'refund'];
const other = (label: string, by: number): string => labels[(labels.indexOf(label) + by) % labels.length] ?? '';

/** Judged traffic in words that the model knows: it answers with the topic. `right` is the right output by topic. */
function traffic(
  count: number,
  right: (topic: string, index: number) => string,
  fields: (index: number) => Record<string, unknown> = () => ({}),
): string {
  return jsonl(
    samples(count, 0, random.stream(7, 'bad input')).map(({ input, output }, index) =>
      trace({ traceId: `t${index}`, input, output, expected: right(output, index), ...fields(index) }),
    ),
  );
}
const sometimesWrong = (topic: string, index: number): string => (index % 3 === 0 ? other(topic, 1) : topic);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-bad-'));
  const created = await createFrom('trained', 'support', jsonl(samples(60, 0, random.stream(1, 'training'))));
  expect(created.code).toBe(0);
  champion = JSON.parse(created.stdout).checkpoint;
}, 60_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('examples that cannot be used', () => {
  const manyLabels = Array.from({ length: 200_000 }, (_, index) => ({ input: `text ${index}`, output: `id-${index}` }));
  const matrix: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ['an empty file', '', /There are no examples.*\nWrite one \{"input"/],
    ['blank lines', '\n \r\n\n', /There are no examples/],
    ['a byte order mark alone', '\ufeff', /There are no examples/],
    [
      'JSON that is cut off',
      '{"input":"a","output":"x"',
      /standard input:1: not JSON.*— write one complete JSON object/,
    ],
    [
      'wrong types',
      '{"input":1,"output":"a"}\n{"input":"x","output":{}}',
      /:1: "input": must be a text, not a number[\s\S]*:2: "output" is an object, not a label/,
    ],
    ['no output', '{"input":"x"}', /"output": is missing — write \{"input"/],
    ['a web page', '<!doctype html><p>Sign in</p>', /standard input is a web page/],
    ['empty inputs', '{"input":"","output":"a"}\n{"input":" ","output":"b"}', /"input" is empty/],
    ['a key twice', '{"input":"x","output":"a","output":"b"}', /the key "output" comes twice/],
    [
      'a line of 10 MB',
      `{"input":"${'x'.repeat(10_000_000)}","output":"a"}`,
      /the line has 100000\d\d bytes, more than 1000000/,
    ],
    [
      'bytes that are not UTF-8',
      Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x0a),
      /not valid UTF-8 — save the file as UTF-8/,
    ],
    ['UTF-16', Buffer.from('\ufeff{"input":"x","output":"a"}\n', 'utf16le'), /is text in UTF-16\.\nSave it as UTF-8/],
    [
      'one label only',
      '{"input":"x","output":"a"}\n{"input":"y","output":"a"}',
      /at least two labels; there is only "a"/,
    ],
    ['200,000 labels', jsonl(manyLabels), /There are 200000 different labels, more than 10000[\s\S]*name of a class/],
    [
      'a label of 300 characters',
      `{"input":"x","output":"${'y'.repeat(300)}"}`,
      /"output" is a text of 300 characters, not a label/,
    ],
    ['a letter', 'Dear all,\nplease see below', /is in no format that is known here/],
  ];

  test.each(matrix)(
    '%s: refused with the place and the mend, and no model is left',
    async (_what, content, message) => {
      const ended = await createFrom('refused', 'new', content);
      expect(ended).toMatchObject({ code: 2, stdout: '' });
      expect(ended.stderr).toMatch(message);
      expectClear(ended);
      expect((await run('refused', ['lineage', 'new'])).code).toBe(2);
    },
  );

  test.each(['../x', '..', '', 'a/b', 'a\nb', '-x', 'x'.repeat(101), "'; DROP TABLE models; --", '\u001b[31m', 'é'])(
    'a model cannot be named %j',
    async (name) => {
      const ended = await run('refused', ['create', '--labels', 'a,b', '--', name]);
      expect(ended).toMatchObject({ code: 2, stdout: '' });
      expect(ended.stderr).toContain('letters, digits');
      expectClear(ended);
    },
  );
});

describe('trace lines that cannot be used', () => {
  const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
  const matrix: readonly (readonly [string, string, RegExp])[] = [
    ['cut off', '{"traceId":"t"', /not JSON/],
    ['followed by a comma', `${JSON.stringify(trace({}))},`, /not JSON/],
    ['without a field', '{"traceId":"t","timestamp":"2026-01-01T00:00:00Z","input":"x"}', /"output": is missing/],
    ['with a number for a text', JSON.stringify(trace({ input: 7 })), /"input": must be a text, not a number/],
    ['with an empty id', JSON.stringify(trace({ traceId: '' })), /"traceId": is empty/],
    [
      'with a time that could be two',
      JSON.stringify(trace({ timestamp: '01/02/2026' })),
      /"timestamp": "01\/02\/2026" is no time that can be read for sure — write it as "2026/,
    ],
    [
      'with a day that is none',
      JSON.stringify(trace({ timestamp: '2026-02-30T00:00:00Z' })),
      /"timestamp": .* is no time/,
    ],
    [
      'with percent for a fraction',
      JSON.stringify(trace({ confidence: 61 })),
      /"confidence" is 61, which is no fraction — write a number from 0 to 1; 61 % is 0.61/,
    ],
    ['with 1e999', JSON.stringify(trace({})).replace('{', '{"confidence":1e999,'), /"confidence": a number beyond/],
    [
      'with -1e999 deep inside',
      JSON.stringify(trace({})).replace('{', '{"metadata":{"a":[-1e999]},'),
      /"metadata.a.0": a number beyond/,
    ],
    [
      'with a key twice',
      JSON.stringify(trace({})).replace('{', '{"verdict":"pass","verdict":"fail",'),
      /the key "verdict" comes twice/,
    ],
    [
      'with metadata nested 10,000 deep',
      JSON.stringify(trace({})).replace('{', `{"metadata":${deep},`),
      /nested deeper than 64 levels — flatten/,
    ],
    [
      'with several labels',
      JSON.stringify(trace({ expected: ['refund', 'account'] })),
      /"expected" is a list of several labels; one is possible — say so with --map expected=expected\[0\]/,
    ],
    ['with an unknown verdict', JSON.stringify(trace({ verdict: 'maybe' })), /"verdict": must be "pass" or "fail"/],
    ['of another model', JSON.stringify(trace({ modelId: 'other' })), /a trace of model "other"/],
    [
      'with a verdict against itself',
      JSON.stringify(trace({ verdict: 'pass', expected: 'refund' })),
      /"verdict" is pass but "output" differs/,
    ],
    [
      'with a step of another kind',
      JSON.stringify(trace({ steps: [{ type: 'dance' }] })),
      /"steps\.0\.type": must be "reasoning" or/,
    ],
  ];

  beforeAll(async () => {
    await trained('lines');
  });

  test.each(matrix)(
    '%s: quarantined with the place and the mend; alone it is an exit of 2',
    async (_what, line, message) => {
      const ended = await run('lines', ['ingest', 'support', '-', '--json'], line);
      expect(ended.code).toBe(2);
      expect(ended.stderr).toMatch(message);
      expect(ended.stderr).toMatch(/^standard input:1: .+ — .+$/m);
      expectClear(ended);
      const { quarantine, quarantined } = JSON.parse(ended.stdout);
      expect(quarantined).toBe(1);
      expect(JSON.parse(await readFile(quarantine[0], 'utf8'))).toMatchObject({
        line: 1,
        mend: expect.stringMatching(/./),
      });
    },
  );

  test('do not spoil those beside them, nor does a mark or CRLF', async () => {
    const workspace = await trained('beside');
    const lines = matrix
      .map(([, line]) => line)
      .flatMap((line, index) => [JSON.stringify(trace({ traceId: `good-${index}` })), line]);
    const ended = await run(workspace, ['ingest', 'support', '-', '--json'], `\ufeff${lines.join('\r\n')}\r\n`);
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({ ingested: matrix.length, quarantined: matrix.length });
    const again = await run(
      workspace,
      ['ingest', 'support', '-'],
      JSON.stringify(trace({ traceId: 'good-0', input: 'other' })),
    );
    expect(again.code).toBe(2);
    expect(again.stderr).toContain(
      'this traceId is on record with another input — give each inference a traceId of its own',
    );
  });
});

describe('a run on traffic that teaches nothing', () => {
  const clocks = ['1970-01-01T00:00:00Z', '2999-12-31T23:59:59Z', '0001-01-01T00:00:00Z', '2026-06-01T00:00:00+14:00'];
  const repeated = (fields: (index: number) => Record<string, unknown>): string =>
    jsonl(Array.from({ length: 300 }, (_, index) => trace({ traceId: `t${index}`, ...fields(index) })));
  const hostile = (index: number): string => hostileTexts[index % (hostileTexts.length - 1)] ?? '';
  const matrix: readonly (readonly [string, string, RegExp])[] = [
    ['no traces', '', /Too little evidence: 0 failures after triage .*, 20 are needed/],
    ['ten traces', traffic(10, sometimesWrong), /Too little evidence/],
    ['all passes', traffic(300, (topic) => topic), /Too little evidence: 0 failures after triage/],
    ['the same text again and again', repeated(() => ({ expected: 'refund' })), /Too little evidence/],
    [
      'empty inputs',
      repeated((index) => ({ input: ' '.repeat(index % 3), expected: 'refund' })),
      /Too little evidence/,
    ],
    ['nothing judged', repeated((index) => ({ input: `text ${index}` })), /Too little evidence/],
    [
      'clocks out of order',
      traffic(45, sometimesWrong, (index) => ({ timestamp: clocks[index % clocks.length] })),
      /Too little evidence/,
    ],
    [
      'hostile texts',
      traffic(45, sometimesWrong, (index) => ({
        traceId: `${index} ${hostile(index)}`,
        input: `${hostile(index)} ${index}`,
        judge: { kind: 'human', id: '<script>alert(1)</script>\u001b[2J', reason: '](javascript:alert(1))' },
      })),
      /Too little evidence/,
    ],
  ];

  test.concurrent.each(matrix)('%s: keeps the champion, says why, and reports', async (_what, lines, reason) => {
    const workspace = await trained(`run-${matrix.findIndex(([what]) => what === _what)}`);
    if (lines !== '') expect((await run(workspace, ['ingest', 'support', '-'], lines)).code).toBe(0);
    const ended = await run(workspace, ['run', 'support', '--json']);
    expect(ended.code).toBe(3);
    expectClear(ended);
    const result = JSON.parse(ended.stdout);
    expect(result).toMatchObject({ decision: 'kept', champion });
    expect(result.reason).toMatch(reason);

    const report = await run(workspace, ['report', result.run, '--json']);
    expect(report.code).toBe(0);
    const html = await readFile(JSON.parse(report.stdout).report, 'utf8');
    expect(html).toContain(result.run);
    expect(html).not.toContain('<script>alert');
    const lineage = await run(workspace, ['lineage', 'support']);
    expect(lineage.stdout).toContain(`${champion} · ★ champion`);
    expectClear(lineage);
    expect((await run(workspace, ['rollback', 'support', '--to', champion])).code).toBe(0);
  });

  test.concurrent.each([
    ['calls every answer wrong, by one rule', (topic: string) => other(topic, 1)],
    ['knows one label only', () => 'refund'],
  ])('a judge who %s is held for review, as nobody else says so', async (what, says) => {
    const workspace = await trained(`alone-${what.length}`);
    expect((await run(workspace, ['ingest', 'support', '-'], traffic(300, says))).code).toBe(0);
    const ended = await run(workspace, ['run', 'support', '--json']);
    expect(ended.code).toBe(3);
    expectClear(ended);
    const result = JSON.parse(ended.stdout);
    expect(result).toMatchObject({ decision: 'kept', champion });
    expect(result.headline).toMatch(/alone, held for review/);
  });

  test('no settings make a promotion of no evidence', async () => {
    const settings = ['enoughFailures=0', 'enoughRecords=0', 'targetScore=0', 'alpha=0.5', 'maxIterations=1'];
    const examples = jsonl(samples(30, 0, random.stream(1, 'training')));
    await run(
      'reckless',
      ['create', 'support', '--foundation', 'none', '--examples', '-', '--set', ...settings],
      examples,
    );
    expect((await run('reckless', ['run', 'support'])).code).toBe(3);
  });
});

describe('a model with labels that could be taken for more', () => {
  const strange = [
    '__proto__',
    'constructor',
    'a/b',
    'x'.repeat(200),
    '😀🚀',
    'two\nlines',
    '<b>html</b>',
    '../../etc',
    'a,b',
    '\u001b[31mred',
    "'; DROP",
    '\u202ertl',
  ];
  const text = (label: number, drifted: boolean, index: number): string => {
    const stream = random.stream(index, `label ${label}`);
    const own = Array.from(
      { length: 8 },
      (_, word) => `${drifted ? 'later' : 'first'}${String.fromCharCode(97 + label)}${String.fromCharCode(97 + word)}`,
    );
    const filler = Array.from(
      { length: 5 },
      () => `filler${String.fromCharCode(97 + stream.below(26))}${String.fromCharCode(97 + stream.below(26))}`,
    );
    return [...stream.shuffle(own).slice(0, 3), ...filler].join(' ');
  };
  const examples = jsonl(
    strange.flatMap((output, label) => [0, 1, 2, 3, 4].map((index) => ({ input: text(label, false, index), output }))),
  );
  const traces = jsonl(
    Array.from({ length: 720 }, (_, index) => {
      const label = index % strange.length;
      const drifted = index % 5 < 2;
      const input = `${text(label, drifted, 100 + index)} ${index % 4 === 0 ? hostileTexts[index % (hostileTexts.length - 1)] : ''}`;
      const output = drifted ? strange[(label + 1) % strange.length] : strange[label];
      return trace({ traceId: `t${index}`, input, output, expected: strange[label], metadata: { constructor: 1 } });
    }).map((line) => ({ ...line, toString: 'x' })),
  );

  test('goes through the whole loop, and every page and line stays inert', async () => {
    expect((await createFrom('strange', 'odd', examples)).code).toBe(0);
    expect((await run('strange', ['ingest', 'odd', '-'], traces)).code).toBe(0);
    const ended = await run('strange', ['run', 'odd', '--json']);
    expect(ended.code).toBe(0);
    expectClear(ended);
    const result = JSON.parse(ended.stdout);
    expect(result.decision).toBe('promoted');

    const { report, curation } = JSON.parse((await run('strange', ['report', result.run, '--json'])).stdout);
    const html = await readFile(report, 'utf8');
    expect(html).not.toMatch(/<b>html|<script>alert/);
    expect(html + (await readFile(curation, 'utf8'))).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
    for (const args of [['lineage', 'odd'], ['lineage', 'odd', '--json'], ['doctor']])
      expectClear(await run('strange', args));

    const inputs = strange.map((_, label) => ({ input: text(label, false, 99) }));
    const answered = await run('strange', ['predict', 'odd'], jsonl(inputs));
    const answers = answered.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).output);
    expect(answers.filter((answer, label) => answer === strange[label]).length).toBeGreaterThan(strange.length * 0.8);
    expectClear(answered);
  });
});

describe('ids on the command line', () => {
  test.concurrent.each(['../../etc/passwd', "' OR 1=1 --", '__proto__', '\u001b[31m', 'x'.repeat(5_000), ''])(
    'that name nothing, case %#, are unknown wherever they stand',
    async (id) => {
      const lines = [
        ['report', id],
        ['lineage', id],
        ['run', id],
        ['predict', id],
        ['rollback', id, '--to', 'x'],
        ['rollback', 'support', '--to', id],
        ['predict', 'support', '--checkpoint', id],
        ['ingest', id, '-'],
      ];
      for (const args of lines) {
        const ended = await run('trained', args, '{"input":"x"}');
        expect(ended, args.join(' ')).toMatchObject({ code: 2, stdout: '' });
        expect(ended.stderr).toMatch(/^Unknown(Model|Run|Checkpoint): /);
        expect(ended.stderr.length).toBeLessThan(600);
        expectClear(ended);
      }
    },
  );
});

describe('through the launcher', () => {
  test('bad input ends with 2, a run without evidence with 3, and stdout holds results alone', async () => {
    await trained('launched');
    await writeFile(at('bad.jsonl'), Buffer.concat([Buffer.from('{"traceId":"\u001b[2J'), Buffer.of(0xff, 0x0a)]));
    const bad = await ratchet(directory, ['ingest', 'support', 'bad.jsonl', '--json', '--workspace', 'launched']);
    expect(bad.code).toBe(2);
    expect(bad.stderr).toContain('bad.jsonl:1: the line is not valid UTF-8');
    expectClear(bad);
    const kept = await ratchet(directory, ['run', 'support', '--json', '--workspace', 'launched']);
    expect(kept.code).toBe(3);
    expect(JSON.parse(kept.stdout)).toMatchObject({ decision: 'kept' });
    expectClear(kept);
  });
});
