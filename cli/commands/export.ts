import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { z } from 'zod';
import { exportModel } from '../../shared/operations/export/export-model.ts';
import { path } from '../arguments.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type CommandResult, commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';
import { writeFolder } from '../write-folder.ts';

const help = `
Example:
  $ ratchet export spam-filter --to spam-filter-model --check
  $ echo '{"input": "Win a prize now!!!"}' | node spam-filter-model/predict.mjs

The folder stands alone: weights, readers in JavaScript (Node and browsers) and Python, the head as ONNX, test cases, and
what is on record of the checkpoint. It answers as ratchet predict does. No text of a trace is in it; what its weights have
learnt is.`;

const optionsSchema = z.object({
  to: z.string(),
  checkpoint: z.string().optional(),
  force: z.boolean().default(false),
  check: z.boolean().default(false),
});
type Options = z.infer<typeof optionsSchema>;
type Check = NonNullable<CommandResult<'export'>['checks']>[number];

export function addExportCommand(program: Command, run: RunCommand): void {
  program
    .command('export')
    .summary('the champion as a folder that stands alone')
    .description('Writes the champion, or another checkpoint, as a folder with readers in JavaScript and Python.')
    .argument('<model>', 'name of the model')
    .requiredOption('--to <folder>', 'where to write it; it must be empty, or not there', path)
    .option('--checkpoint <id>', 'export this one (ids: ratchet lineage MODEL)')
    .option('--force', 'replace an export that is there')
    .option('--check', 'answer the test cases with both readers afterwards')
    .addHelpText('after', help)
    .action((model: string, options: unknown, command: Command) =>
      run(command, (session) => exportTo(model, optionsSchema.parse(options), session)),
    );
}

async function exportTo(modelId: string, options: Options, session: Session): Promise<ExitCode> {
  const { ports } = await session.open();
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
