import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { z } from 'zod';
import packageDescription from '../../package.json' with { type: 'json' };
import { pythonEnvironment } from '../trainer/python-environment.ts';

const usage = `npm run bench:serving -- --data DIR --out FILE [--seconds 10] [--rounds 3] [--python python3.11]

Single predictions a second over HTTP, of a classifier of 30 intents of CLINC150 (20 examples each), all asked by autocannon on the
same machine, taking turns: ratchet serve with words and n-grams and with the sentence encoder, each answer kept as a trace, and
FastAPI with scikit-learn, which keeps none. DIR holds clinc150/. Every input is asked once a round, so that no cache helps. FILE is a page of Markdown.`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '16' },
    python: { type: 'string', default: 'python3.11' },
  },
});

const launcher = fileURLToPath(new URL('../../cli/bin/ratchet.js', import.meta.url));
const cacheFolder = fileURLToPath(new URL('../../node_modules/.cache/ratchet-serving', import.meta.url));
const requirements = fileURLToPath(new URL('./requirements.txt', import.meta.url));
const corpusSchema = z.object({ train: z.array(z.tuple([z.string(), z.string()])) });

interface Server {
  readonly name: string;
  readonly start: (folder: string) => ChildProcess;
  readonly model: string;
}

interface Measured {
  readonly server: string;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
}

if (values.data === undefined || values.out === undefined) {
  console.error(usage);
  process.exitCode = 2;
} else await bench(values.data, values.out);

async function bench(data: string, out: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-serving-'));
  try {
    const inputs = await prepare(data, folder);
    await mkdir(cacheFolder, { recursive: true });
    const python = await pythonEnvironment(cacheFolder, values.python, requirements);
    const ratchet = (name: string, model: string): Server => ({
      name,
      model,
      start: () =>
        spawn(process.execPath, [launcher, '--workspace', join(folder, 'ws'), '--json', 'serve', '--port', '0']),
    });
    const servers: readonly Server[] = [
      ratchet('ratchet serve, words and n-grams', 'm'),
      ratchet('ratchet serve, sentence encoder', 'encoder'),
      {
        name: 'FastAPI and scikit-learn, words and n-grams',
        model: 'm',
        start: () =>
          spawn(python, [
            fileURLToPath(new URL('./sklearn_server.py', import.meta.url)),
            join(folder, 'examples.jsonl'),
          ]),
      },
    ];
    const measured: Measured[] = [];
    for (let round = 0; round < Number(values.rounds); round += 1) {
      for (const server of servers) measured.push(await measure(server, folder, inputs, round));
    }
    await writeFile(out, page(servers, measured));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Two models in a workspace, and texts that none of them has seen. */
async function prepare(data: string, folder: string): Promise<readonly string[]> {
  const { train } = corpusSchema.parse(JSON.parse(await readFile(join(data, 'clinc150', 'data_full.json'), 'utf8')));
  const byIntent = Map.groupBy(train, ([, intent]) => intent);
  const intents = [...byIntent.keys()].sort().slice(0, 30);
  const examples = intents.flatMap((intent) => (byIntent.get(intent) ?? []).slice(0, 20));
  const lines = examples.map(([input, output]) => JSON.stringify({ input, output }));
  await writeFile(join(folder, 'examples.jsonl'), `${lines.join('\n')}\n`);
  for (const [model, foundation] of [
    ['m', 'none'],
    ['encoder', 'use-lite'],
  ] as const) {
    const args = ['--workspace', join(folder, 'ws'), 'create', model, '--examples', join(folder, 'examples.jsonl')];
    const child = spawn(process.execPath, [launcher, ...args, '--foundation', foundation, '--no-evaluate']);
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`ratchet create ended with ${code}`);
  }
  const asked = new Set(examples.map(([input]) => input));
  return train.flatMap(([input]) => (asked.has(input) ? [] : [input]));
}

async function measure(server: Server, folder: string, inputs: readonly string[], round: number): Promise<Measured> {
  const child = server.start(folder);
  try {
    const [line] = await once(child.stdout ?? child, 'data');
    const { url } = z.object({ url: z.string() }).parse(JSON.parse(String(line)));
    let asked = 0;
    const load = (seconds: number) =>
      autocannon({
        url: `${url}/v1/models/${server.model}/predictions`,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        connections: Number(values.connections),
        duration: seconds,
        requests: [
          {
            setupRequest(request) {
              asked += 1;
              // A number makes texts that come again new to every cache.
              const input = `${inputs[asked % inputs.length]} ${round} ${asked}`;
              return { ...request, body: JSON.stringify({ input }) };
            },
          },
        ],
      });
    await load(2);
    const { requests, latency, non2xx, errors } = await load(Number(values.seconds));
    return {
      server: server.name,
      perSecond: requests.average,
      p50: latency.p50,
      p99: latency.p99,
      failed: non2xx + errors,
    };
  } finally {
    child.kill('SIGTERM');
    await once(child, 'close');
  }
}

function page(servers: readonly Server[], measured: readonly Measured[]): string {
  const rows = servers.map(({ name }) => {
    const own = measured.filter(({ server }) => server === name);
    const column = (of: (one: Measured) => number, digits = 0): string => {
      const sorted = own.map(of).sort((a, b) => a - b);
      const shown = (value: number | undefined): string => (value ?? Number.NaN).toFixed(digits);
      return `${shown(sorted[sorted.length >> 1])} (${shown(sorted[0])}–${shown(sorted.at(-1))})`;
    };
    const failed = own.reduce((sum, one) => sum + one.failed, 0);
    return `| ${name} | ${column((one) => one.perSecond)} | ${column((one) => one.p50)} | ${column((one) => one.p99)} | ${failed} |`;
  });
  return `# Serving: predictions a second

| server | predictions a second | p50, ms | p99, ms | failed |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

Medians of ${values.rounds} rounds (least–most), servers taking turns, ${values.connections} connections, one input a request, ${values.seconds} s each after two of warming up. The
load comes from the same two cores. A classifier of 30 intents of CLINC150, 20 examples each; every text is new. ratchet serve keeps each
answer as a trace before it gives it; the other keeps none.

\`npm run bench:serving -- --data DIR --out FILE\` · Ratchet ${packageDescription.version}, Node ${process.version} · ${cpus()[0]?.model ?? ''}, ${cpus().length} cores. \`DIR\` holds \`clinc150/\`.
`;
}
