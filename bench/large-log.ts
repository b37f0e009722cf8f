import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { DuckDbTraceLog } from '../shared/adapters/duckdb/duckdb-trace-log.ts';
import { DuckDbTraceQuery } from '../shared/adapters/duckdb/duckdb-trace-query.ts';
import { DirectoryObjectStore } from '../shared/adapters/local/directory-object-store.ts';
import { SeededRandom } from '../shared/adapters/local/seeded-random.ts';
import { SystemClock } from '../shared/adapters/local/system-clock.ts';
import { loadClinc } from './improvement/load-clinc.ts';
import { BigramTraffic, templates } from './scale/bigram-traffic.ts';

const usage = `npm run bench:log -- [--data DIR] [--sizes 1000,10000,100000,1000000] [--out FILE]

What a log of so many judged traces costs: one ingest of all, another of 3,500 with 500 known ids, list, status, doctor, the start of
serve, and reading a snapshot, and a query of agents. Each is a process of its own, the real command where there is one. Texts are a walk over the
word pairs of 30 of CLINC150's intents (templates without --data); how many differ is told.`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    sizes: { type: 'string', default: '1000,10000,100000,1000000' },
    out: { type: 'string' },
    /** For the child: reads the newest so many traces of the log in this folder. */
    read: { type: 'string' },
    limit: { type: 'string', default: '100000' },
    /** For the child: asks one query of the log in this folder. */
    query: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const modelId = 'large';
const firstArrival = Date.parse('2026-01-05T08:00:00Z');
/** Traces are spread over a month, whatever their number. */
const spreadMs = 30 * 24 * 3_600_000;
const usageSchema = z.object({ cpuSeconds: z.number(), peakMiB: z.number() });
interface Facts {
  readonly size: number;
  /** How many of the texts differ. */
  readonly texts: number;
  readonly parquetMiB: number;
  readonly files: number;
}
interface Measured extends z.infer<typeof usageSchema> {
  readonly step: string;
  readonly size: number;
}

if (values.help) process.stdout.write(`${usage}\n`);
else if (values.read !== undefined) await readSnapshot(values.read);
else if (values.query !== undefined) await askOnce(values.query);
else await bench();

async function readSnapshot(root: string): Promise<void> {
  const log = new DuckDbTraceLog({
    objects: new DirectoryObjectStore(join(root, 'objects')),
    clock: new SystemClock(),
  });
  const read = await log.read(modelId, { limit: Number(values.limit) });
  process.stdout.write(`${read.length}\n`);
  await log.close();
}

async function askOnce(root: string): Promise<void> {
  const query = new DuckDbTraceQuery({ objects: new DirectoryObjectStore(join(root, 'objects')), timeoutMs: 600_000 });
  const sql = `SELECT t.output, j.expected, count(*) AS n FROM traces t JOIN judgements j ON j.trace_id = t.trace_id
    GROUP BY 1, 2 ORDER BY n DESC`;
  process.stdout.write(`${(await query.query(modelId, sql)).length}\n`);
  await query.close();
}

async function bench(): Promise<void> {
  const found: Measured[] = [];
  const facts: Facts[] = [];
  for (const size of values.sizes.split(',').map(Number)) {
    const folder = await mkdtemp(join(tmpdir(), 'ratchet-large-log-'));
    try {
      const root = join(folder, 'workspace');
      await mkdir(root);
      const { file, more, examples, texts } = await traffic(size, folder);
      const ratchet = (...args: string[]) => [fileURLToPath(new URL('../cli/main.ts', import.meta.url)), ...args];
      const place = ['--workspace', root, '--json'];
      const steps: readonly (readonly [string, readonly string[], RegExp?])[] = [
        [
          'create',
          ratchet('create', modelId, '--examples', examples, '--foundation', 'none', '--no-evaluate', ...place),
        ],
        ['ingest', ratchet('ingest', modelId, file, ...place)],
        ['ingest 3,500 more', ratchet('ingest', modelId, more, ...place)],
        ['list', ratchet('list', ...place)],
        ['status', ratchet('status', modelId, ...place)],
        ['doctor', ratchet('doctor', ...place)],
        ['serve until it listens', ratchet('serve', '--port', '0', '--workspace', root), /http:\/\//],
        ['read 100,000', [fileURLToPath(import.meta.url), '--read', root]],
        ['query', [fileURLToPath(import.meta.url), '--query', root]],
        ['read 20,000', [fileURLToPath(import.meta.url), '--read', root, '--limit', '20000']],
      ];
      for (const [step, args, until] of steps) {
        const measured = { step, size, ...(await inChild(args, folder, until ?? null)) };
        found.push(measured);
        process.stdout.write(
          `| ${size} | ${step} | ${measured.cpuSeconds.toFixed(1)} | ${measured.peakMiB.toFixed(0)} |\n`,
        );
      }
      facts.push({ size, texts, ...(await parquetOf(join(root, 'objects'))) });
      process.stdout.write(`${JSON.stringify(facts.at(-1))}\n`);
      await write(facts, found);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  for (const { step, exponent, last } of exponents(found)) {
    process.stdout.write(`${step}: exponent ${exponent.toFixed(2)}, between the last two sizes ${last.toFixed(2)}\n`);
  }
}

async function write(facts: readonly Facts[], found: readonly Measured[]): Promise<void> {
  if (values.out === undefined) return;
  const document = {
    benchmark: 'large log',
    node: process.version,
    facts,
    measured: found,
    exponents: exponents(found),
  };
  await writeFile(values.out, `${JSON.stringify(document, null, 1)}\n`);
}

async function traffic(size: number, folder: string) {
  const random = new SeededRandom().stream(1, 'large-log');
  const rows = values.data === undefined ? templates() : await rowsOf(values.data);
  const made = new BigramTraffic(rows, random);
  const seen = new Set<number>();
  const line = (at: number): string => {
    const { text, label } = made.next();
    seen.add(hash(text));
    const wrong = random.below(5) === 0 ? made.labels[random.below(made.labels.length)] : label;
    return `${JSON.stringify({
      traceId: `t-${at}`,
      timestamp: new Date(firstArrival + Math.floor((spreadMs * at) / size)).toISOString(),
      input: text,
      output: wrong,
      confidence: 0.6,
      expected: label,
      judge: { kind: 'human', id: 'ana', reason: 'seen' },
    })}\n`;
  };
  function* lines(from: number, to: number): Generator<string> {
    for (let at = from; at < to; at += 1_000) {
      yield Array.from({ length: Math.min(1_000, to - at) }, (_, place) => line(at + place)).join('');
    }
  }
  const [file, more, examples] = ['all.jsonl', 'more.jsonl', 'examples.jsonl'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await pipeline(Readable.from(lines(0, size)), createWriteStream(file));
  const texts = seen.size;
  await pipeline(Readable.from(lines(Math.max(0, size - 500), size + 3_000)), createWriteStream(more));
  const first = made.labels.flatMap((label) => rows.filter((row) => row.label === label).slice(0, 10));
  await writeFile(
    examples,
    first.map(({ text, label }) => `${JSON.stringify({ input: text, output: label })}\n`).join(''),
  );
  return { file, more, examples, texts };
}

async function rowsOf(data: string) {
  const { labels, train } = await loadClinc(resolve(data));
  const wanted = new Set(labels.slice(0, 30));
  return train.filter(({ label }) => wanted.has(label));
}

/** To count texts that differ without keeping them; 52 bits. */
function hash(text: string): number {
  let [high, low] = [0x9dc5, 0x811c9dc5];
  for (let at = 0; at < text.length; at += 1) {
    low = Math.imul(low ^ text.charCodeAt(at), 0x01000193) >>> 0;
    high = (Math.imul(high, 31) + text.charCodeAt(at)) & 0xfffff;
  }
  return high * 2 ** 32 + low;
}

/** Runs a step to its end, or until it has said something. */
async function inChild(
  args: readonly string[],
  folder: string,
  until: RegExp | null,
): Promise<z.infer<typeof usageSchema>> {
  const told = join(folder, 'usage.json');
  await rm(told, { force: true });
  const child = spawn(
    process.execPath,
    ['--import', fileURLToPath(new URL('./scale/tell-usage.ts', import.meta.url)), ...args],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, USAGE: told } },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-20_000);
      if (until?.test(said) === true) child.kill('SIGTERM');
    });
  }
  await new Promise((ended) => child.once('close', ended));
  return usageSchema.parse(
    JSON.parse(
      await readFile(told, 'utf8').catch(() => {
        throw new Error(`${args.slice(1, 3).join(' ')} told no usage: ${said.slice(-2_000)}`);
      }),
    ),
  );
}

async function parquetOf(root: string): Promise<{ readonly parquetMiB: number; readonly files: number }> {
  const names = await readdir(root, { recursive: true });
  const sizes = await Promise.all(
    names.filter((name) => name.endsWith('.parquet')).map(async (name) => (await stat(join(root, name))).size),
  );
  return { parquetMiB: sizes.reduce((sum, size) => sum + size, 0) / 2 ** 20, files: sizes.length };
}

/** Least-squares slope of log CPU seconds over log size. */
function exponents(
  found: readonly Measured[],
): { readonly step: string; readonly exponent: number; readonly last: number }[] {
  return [...new Set(found.map(({ step }) => step))].flatMap((step) => {
    const points = found
      .filter((one) => one.step === step)
      .sort((one, other) => one.size - other.size)
      .map(({ size, cpuSeconds }) => [Math.log(size), Math.log(cpuSeconds)] as const);
    if (points.length < 2) return [];
    const mean = (of: 0 | 1) => points.reduce((sum, point) => sum + point[of], 0) / points.length;
    const [x, y] = [mean(0), mean(1)];
    const [before, after] = [points.at(-2), points.at(-1)];
    const last = before && after ? (after[1] - before[1]) / (after[0] - before[0]) : Number.NaN;
    const both = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
    return [{ step, exponent: both / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0), last }];
  });
}
