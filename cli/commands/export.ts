import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { plural } from '../../shared/domain/base/wording.ts';
import { exampleWriters } from '../../shared/operations/export/example-writers.ts';
import { exportExamples } from '../../shared/operations/export/export-examples.ts';
import { exportModel } from '../../shared/operations/export/export-model.ts';
import { path } from '../arguments.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type CommandResult, commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';
import { writeFolder } from '../write-folder.ts';
import { writeNewFile } from '../write-new-file.ts';

const help = `
Example:
  $ ratchet export spam-filter --to spam-filter-model --check
  $ echo '{"input": "Win a prize now!!!"}' | node spam-filter-model/predict.mjs

The folder stands alone: weights, readers in JavaScript (Node and browsers) and Python, of a classifier the head as ONNX, test
cases, and what is on record of the checkpoint. It answers as ratchet predict does. No text of a trace is in it; what its
weights have learnt is, and of a tagger the texts of entities.

With --examples the file holds the dataset that the checkpoint was trained on, with --traces all traces whose right output is
known, as other tools read them:
  $ ratchet export places --examples --format spacy --to places.jsonl
Formats: ${exampleWriters.map(({ name }) => name).join(', ')}; all but jsonl are for entities. CoNLL keeps no white space
between tokens.`;

const optionsSchema = z.object({
  to: z.string(),
  checkpoint: z.string().optional(),
  force: z.boolean().default(false),
  check: z.boolean().default(false),
  examples: z.boolean().default(false),
  traces: z.boolean().default(false),
  format: z.string().optional(),
});
type Options = z.infer<typeof optionsSchema>;
type Check = NonNullable<Extract<CommandResult<'export'>, { checks: unknown }>['checks']>[number];

export function addExportCommand(program: Command, run: RunCommand): void {
  program
    .command('export')
    .summary('the champion as a folder that stands alone')
    .description(
      'Writes the champion, or another checkpoint, as a folder with readers in JavaScript and Python; or examples and traces as a file.',
    )
    .argument('<model>', 'name of the model')
    .requiredOption('--to <folder>', 'where to write it; it must be empty, or not there; a file for examples', path)
    .option('--checkpoint <id>', 'export this one (ids: ratchet lineage MODEL)')
    .option('--force', 'replace an export that is there')
    .option('--check', 'answer the test cases with both readers afterwards')
    .option('--examples', 'write the dataset it was trained on instead')
    .option('--traces', 'write all traces whose right output is known instead')
    .addOption(
      new Option('--format <name>', 'of examples and traces (jsonl)').choices(exampleWriters.map(({ name }) => name)),
    )
    .addHelpText('after', help)
    .action((model: string, options: unknown, command: Command) =>
      run(command, (session) => exportTo(model, optionsSchema.parse(options), session)),
    );
}

async function exportTo(modelId: string, options: Options, session: Session): Promise<ExitCode> {
  if (options.examples || options.traces) return examplesTo(modelId, options, session);
  if (options.format !== undefined) {
    throw new RatchetError('InvalidInput', '--format is of examples and traces; a checkpoint has none.', {
      mend: 'Say what to write with --examples or --traces, or leave --format out.',
    });
  }
  const { ports } = await session.openToRead();
  session.progress.stageStarted('export');
  const result = await exportModel({ modelId, checkpointId: options.checkpoint ?? null }, ports);
  const folder = await writeFolder(options.to, result.files, options.force);
  const checks = options.check ? await checkReaders(folder) : null;
  session.progress.stageFinished('export', '');
  await session.output.result(
    commandResult('export', {
      model: modelId,
      checkpoint: result.checkpointId,
      folder,
      files: result.files.map(({ name }) => name).sort(),
      leftOut: [...result.leftOut],
      checks,
    }),
    [
      `Checkpoint ${result.checkpointId} of ${modelId} is in ${folder}.`,
      ...result.leftOut.map((what) => `Left out: ${what}.`),
      ...(checks ?? []).map(({ reader, detail }) => `${reader}: ${detail}`),
      ...(checks === null ? ['Try it: node predict.mjs --check, or python3 predict.py --check, in that folder.'] : []),
    ],
  );
  return checks?.some(({ ok }) => ok === false) === true ? exitCodes.fault : exitCodes.done;
}

async function examplesTo(modelId: string, options: Options, session: Session): Promise<ExitCode> {
  if ((options.examples && options.traces) || options.check || (options.traces && options.checkpoint !== undefined)) {
    throw new RatchetError('InvalidInput', 'These options of ratchet export exclude each other.', {
      mend: 'Write --examples, with --checkpoint or without, or --traces; --check is of a folder with a checkpoint.',
    });
  }
  const { ports } = await session.openToRead();
  session.progress.stageStarted('export');
  const from = options.traces ? 'traces' : 'dataset';
  const format = options.format ?? 'jsonl';
  const written = await exportExamples({ modelId, checkpointId: options.checkpoint ?? null, from, format }, ports);
  const file = await writeNewFile(options.to, written.pieces, options.force);
  session.progress.stageFinished('export', '');
  await session.output.result(
    commandResult('export', {
      model: modelId,
      file,
      format,
      examples: written.examples,
      leftOut: written.leftOut.map(({ reason, count }) => `${reason} (${count})`),
      altered: written.altered.map(({ reason, count }) => `${reason} (${count})`),
    }),
    [
      `${plural(written.examples, 'example')} of ${modelId} ${written.examples === 1 ? 'is' : 'are'} in ${file}.`,
      ...written.leftOut.map(
        ({ reason, count }) => `Left out, since ${format} cannot hold them: ${reason} (${count}).`,
      ),
      ...written.altered.map(({ reason, count }) => `Altered for ${format}: ${reason} (${count}).`),
    ],
  );
  return exitCodes.done;
}

/** Runs both readers on their test cases; `ok` is null for one that cannot run here. */
async function checkReaders(folder: string): Promise<Check[]> {
  const python = process.platform === 'win32' ? 'python' : 'python3';
  return [
    await checkReader('predict.mjs', process.execPath, [], folder),
    await checkReader('predict.py', python, ['-B'], folder),
  ];
}

async function checkReader(
  reader: string,
  program: string,
  options: readonly string[],
  folder: string,
): Promise<Check> {
  try {
    const { stdout } = await promisify(execFile)(program, [...options, reader, '--check'], {
      cwd: folder,
      maxBuffer: 2 ** 26,
    });
    return { reader, ok: true, detail: stdout.trim() };
  } catch (error) {
    const { code, stdout, stderr } = failureSchema.parse(error);
    if (code === 'ENOENT') return { reader, ok: null, detail: `not checked: ${program} is not installed here.` };
    if (stderr.includes('pip install')) return { reader, ok: null, detail: `not checked: ${stderr.trim()}` };
    return { reader, ok: false, detail: [stdout, stderr.slice(0, 2_000)].join(' ').trim() };
  }
}

const failureSchema = z.object({
  code: z.union([z.string(), z.number(), z.null()]).optional(),
  stdout: z.string().default(''),
  stderr: z.string().default(''),
});
