import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openWorkspace } from '../../cli/workspace.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { benchCommand } from '../bench-command.ts';
import { type Clinc, loadClinc } from '../improvement/load-clinc.ts';
import { type Attack, attacks } from './attacks.ts';
import { markdown } from './markdown.ts';
import { type AttackResult, runAttack } from './run-attack.ts';

const usage = `npm run bench:poisoning -- --data DIR --out FILE [--seeds 11,12] [--attacks A,B] [--foundation NAME] [--cache DIR]

What wrong judgements do to a model: one judge who turns a label, all at once or in drops, a rare word, a flood, and a true
change of meaning, each through the real loop. DIR holds clinc150/data_full.json. FILE is one JSON, with a page of Markdown
beside it; what FILE has already is not run again. --attacks takes those whose names begin so. --cache keeps the embeddings.`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    seeds: { type: 'string', default: '11,12' },
    attacks: { type: 'string' },
    foundation: { type: 'string' },
    cache: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const { output, progress, run } = benchCommand(usage, { patienceMs: 3_600_000 });
await run(values.help, bench);

async function bench(): Promise<void> {
  const seeds = values.seeds.split(',').map(Number);
  const wanted = values.attacks?.split(',') ?? [''];
  if (values.data === undefined || values.out === undefined || !seeds.every(Number.isSafeInteger)) {
    throw new RatchetError('InvalidInput', 'Name the data, the file to write and whole numbers as seeds.', {
      mend: usage,
    });
  }
  const out = resolve(values.out);
  const cache = resolve(values.cache ?? (await mkdtemp(join(tmpdir(), 'ratchet-embeddings-'))));
  await mkdir(cache, { recursive: true });
  const clinc = await loadClinc(values.data);
  const results = await readResults(out);
  for (const seed of seeds) {
    for (const attack of attacks.filter(({ name }) => wanted.some((start) => name.startsWith(start)))) {
      if (results.some((known) => known.attack === attack.name && known.seed === seed)) continue;
      const result = await measure(attack, seed, clinc, cache);
      results.push(result);
      output.say(lineOf(result));
      await write(out, results);
    }
  }
  const page = markdown(results, attacks, `npm run bench:poisoning -- --data DIR --out FILE --seeds ${values.seeds}`);
  await writeFile(out.replace(/\.json$/, '.md'), page);
  await output.result(results, page.split('\n'));
  if (values.cache === undefined) await rm(cache, { recursive: true, force: true });
}

async function measure(attack: Attack, seed: number, clinc: Clinc, cache: string): Promise<AttackResult> {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-poisoning-'));
  await symlink(cache, join(directory, 'cache'));
  const observer = { progress: () => undefined, note: () => undefined };
  const workspace = await openWorkspace(directory, { observer, create: true });
  try {
    return await runAttack({ attack, clinc, seed, foundation: values.foundation ?? null }, workspace, progress);
  } finally {
    await workspace.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function readResults(file: string): Promise<AttackResult[]> {
  const text = await readFile(file, 'utf8').catch(() => null);
  return text === null ? [] : (JSON.parse(text) as { results: AttackResult[] }).results;
}

async function write(file: string, results: readonly AttackResult[]): Promise<void> {
  await writeFile(`${file}.tmp`, `${JSON.stringify({ benchmark: 'poisoning', results }, null, 2)}\n`);
  await rename(`${file}.tmp`, file);
}

function lineOf({ attack, seed, start, drops, cpuSeconds }: AttackResult): string {
  const last = drops.at(-1);
  const course = [start, ...drops].map(({ accuracy, recall }) => `${(100 * accuracy).toFixed(1)}/${recall.toFixed(2)}`);
  const held = `held ${last?.wrongHeld}/${last?.wrong} wrong, ${last?.rightHeld} right`;
  return `${attack}/${seed}: ${drops.map(({ decision }) => decision).join(',')} ${course.join(' → ')}, astray ${last?.astray.toFixed(2)}, ${held}, ${JSON.stringify(last?.kinds)}, ${cpuSeconds.toFixed(0)} s CPU`;
}
