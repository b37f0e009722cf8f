import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exampleLineSchema } from '../../cli/tools/example-line-schema.ts';
import { openWorkspace } from '../../cli/workspace.ts';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { chooseCheckpoint } from '../../shared/operations/choose-checkpoint.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import { classification } from '../../shared/tasks/classification/classification.ts';
import { labelOf } from '../../shared/tasks/classification/label.ts';
import { benchCommand } from '../bench-command.ts';
import { judgeNames, wrongLabels } from './logs/judge.ts';
import { makeStage } from './logs/make-stage.ts';
import type { StagedLog } from './logs/staged-log.ts';
import { type Answer, answerOf, traceLine } from './logs/trace-line.ts';
import { Corpus, type Labelled } from './perturbations/corpus.ts';
import { labelTask } from './tasks/label-task.ts';

const usage = `node bench/adaptft/generate.ts --in FILE --out DIR [--workspace DIR --model MODEL] [--poison 0,0.15,0.25,0.4] [--judge random|systematic] [--seed N]

Turns a labelled set, JSON lines of {"input","output"}, into staged inference logs of a served model with AdaptFT-Bench's 33
perturbations: DIR/s1.traces.jsonl and so on, for "ratchet ingest", and beside each DIR/s1.truth.jsonl with what was done to each
log. The set is dealt out to the stages at random. With a workspace and a model its champion answers the logs, else "output" is
null and "expected" is what the judge says. Of the same set and seed come the same files, byte for byte.`;

const { values } = parseArgs({
  options: {
    in: { type: 'string' },
    out: { type: 'string' },
    workspace: { type: 'string' },
    model: { type: 'string', default: 'model' },
    poison: { type: 'string', default: '0,0.15,0.25,0.4' },
    judge: { type: 'string', default: 'random' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

const { output, run } = benchCommand(usage);
await run(values.help, generate);

async function generate(): Promise<void> {
  const { out, seed, shares, judge, file } = settings();
  const hosts = await readLabelled(file);
  const labels = [...new Set(hosts.map((host) => labelOf(host.output)))].sort();
  if (labels.length < 2) throw bad('The set has fewer than two labels.');
  const random = new SeededRandom();
  const dealt = random.stream(seed, 'adaptft/deal').shuffle(hosts);
  const corpus = new Corpus(hosts, labels, labelTask);
  const wrongOutput = wrongLabels(judge, labels, seed, random);
  const answers = await servedModel();
  const rows: string[] = [];
  await mkdir(out, { recursive: true });
  try {
    for (const [index, poison] of shares.entries()) {
      const part = dealt.filter((_, at) => at % shares.length === index);
      const stage = { name: `s${index + 1}`, index, strength: { poison, noise: poison === 0 ? 0 : 1 } };
      const logs = makeStage({ stage, hosts: part, corpus, wrongOutput, seed, random });
      const answered = await answers.of(logs);
      const traces = logs.map((log, at) => traceLine(log, answered[at] ?? null, values.model, classification));
      await writeLines(join(out, `${stage.name}.traces.jsonl`), traces);
      await writeLines(
        join(out, `${stage.name}.truth.jsonl`),
        logs.map((log) => ({ traceId: log.logId, ...log.truth })),
      );
      const poisoned = logs.filter((log) => log.truth.class === 'poison').length;
      rows.push(`${stage.name}: ${logs.length} logs of ${part.length} inputs, ${poisoned} poison`);
    }
  } finally {
    await answers.close();
  }
  await output.result(rows, rows);
}

function settings() {
  const shares = values.poison.split(',').map(Number);
  const seed = Number(values.seed);
  const judge = judgeNames.find((name) => name === values.judge);
  if (values.in === undefined || values.out === undefined || judge === undefined)
    throw bad('Say what to read and where to write.');
  if (!Number.isSafeInteger(seed) || !shares.every((share) => share >= 0 && share <= 1))
    throw bad('Shares are fractions, the seed a whole number.');
  return { file: values.in, out: values.out, seed, shares, judge };
}

function bad(message: string): RatchetError {
  return new RatchetError('InvalidInput', message, { mend: usage });
}

async function readLabelled(path: string): Promise<Labelled[]> {
  const lineSchema = exampleLineSchema(classification.output);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new RatchetError('InvalidInput', `${path} cannot be read.`, { cause, mend: 'Name a file of JSON lines.' });
  });
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    const parsed = lineSchema.safeParse(asJson(line));
    if (!parsed.success)
      throw new RatchetError('InvalidInput', `Line ${at + 1} of ${path} is not {"input","output"}.`, {
        mend: 'Mend the line.',
      });
    return [{ input: parsed.data.input, output: parsed.data.output }];
  });
}

function asJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

interface ServedModel {
  of(logs: readonly StagedLog[]): Promise<readonly (Answer | null)[]>;
  close(): Promise<void>;
}

async function servedModel(): Promise<ServedModel> {
  const directory = values.workspace;
  if (directory === undefined) return { of: async (logs) => logs.map(() => null), close: async () => undefined };
  const observer = { progress: () => undefined, note: () => undefined };
  const workspace = await openWorkspace(directory, { observer });
  return {
    async of(logs) {
      const champion = await chooseCheckpoint(values.model, null, workspace.ports);
      const inputs = logs.map((log) => log.input);
      return (await answerWith(champion, inputs, workspace.ports)).map(answerOf);
    },
    close: () => workspace.close(),
  };
}

async function writeLines(path: string, lines: readonly unknown[]): Promise<void> {
  await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
