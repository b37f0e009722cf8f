import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { traceLineSchema } from '../../../../shared/domain/traces/trace.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { requests } from './requests.ts';

const script = fileURLToPath(new URL('../../../../bench/adaptft/generate.ts', import.meta.url));
const run = (...options: string[]) => promisify(execFile)(process.execPath, [script, ...options]);
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'adaptft-generate-'));
  const lines = requests.map((request) => `${JSON.stringify(request)}\n`);
  await writeFile(join(directory, 'set.jsonl'), lines.join(''));
  await writeFile(join(directory, 'bad.jsonl'), `${lines[0]}{"input": 3}\n`);
});
afterAll(() => rm(directory, { recursive: true }));

describe('generate', () => {
  it('writes the same stages of logs and truth each time, and logs that can be ingested', async () => {
    const written = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const out = join(directory, name);
        await run('--in', join(directory, 'set.jsonl'), '--out', out, '--seed', '5');
        const files = (await readdir(out)).sort();
        return Promise.all(files.map(async (file) => [file, await readFile(join(out, file), 'utf8')] as const));
      }),
    );
    expect(written[0]).toEqual(written[1]);
    const files = new Map(written[0]);
    expect([...files.keys()]).toEqual(
      [1, 2, 3, 4].flatMap((stage) => [`s${stage}.traces.jsonl`, `s${stage}.truth.jsonl`]),
    );
    const rows = (file: string) =>
      (files.get(file) ?? '')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    const traces = rows('s4.traces.jsonl');
    expect(traces.map(({ traceId }) => traceId)).toEqual(rows('s4.truth.jsonl').map(({ traceId }) => traceId));
    expect(traces.filter((line) => !traceLineSchema(classification.output).safeParse(line).success)).toEqual([]);
  });

  it('names the bad line, and ends with 2', async () => {
    const failed = run('--in', join(directory, 'bad.jsonl'), '--out', join(directory, 'c'));
    await expect(failed).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('Line 2 of') });
  });
});
