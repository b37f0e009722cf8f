import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { findPython, packageFolder, trainingFolder } from '../../shared/adapters/backends/local-job/python.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { Json } from '../../shared/domain/base/json.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Says that the environment is whole, and of which versions. */
const markerFile = join(trainingFolder, 'installed');

/**
 * Makes the Python environment that training jobs run with, unless it is there already.
 * @param extras which of the package's extras to install
 * @param onStep told of each step, in a few words
 * @returns where its Python is, and what is installed in it
 * @throws RatchetError InvalidInput where there is no Python 3.11, StorageFailure where a package cannot be installed
 */
export async function installTraining(
  extras: readonly string[],
  env: Environment,
  onStep: (step: string) => void,
): Promise<{ readonly python: string; readonly installed: Json }> {
  const wanted = await wantedText(extras);
  if ((await readFile(markerFile, 'utf8').catch(() => '')) !== wanted) {
    await rm(trainingFolder, { recursive: true, force: true });
    onStep('a Python environment');
    await step('python3.11', ['-m', 'venv', trainingFolder], env);
    // First, alone: what depends on it might bring another build of it along.
    onStep('torch');
    await pip(['torch'], env);
    onStep(extras.join(', '));
    await pip(['--editable', `${packageFolder}[${extras.join(',')}]`], env);
    await writeFile(markerFile, wanted);
  }
  const { command, env: withPackage } = await findPython({ ...env, RATCHET_TRAINING_PYTHON: undefined });
  const [python, ...args] = command;
  onStep('a look at what is there');
  return { python, installed: JSON.parse(await step(python, [...args, 'describe'], withPackage)) as Json };
}

async function wantedText(extras: readonly string[]): Promise<string> {
  const files = ['pyproject.toml', 'constraints.txt'].map((name) => readFile(join(packageFolder, name), 'utf8'));
  return [...extras, ...(await Promise.all(files))].join('\n');
}

async function pip(packages: readonly string[], env: Environment): Promise<void> {
  const constraints = join(packageFolder, 'constraints.txt');
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--constraint', constraints];
  await step(join(trainingFolder, 'bin', 'python'), [...args, ...packages], env);
}

/** Runs a program to its end. @returns what it wrote to standard output */
async function step(file: string, args: readonly string[], env: Environment): Promise<string> {
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]).catch(
    (error: unknown) => {
      throw new RatchetError(
        'InvalidInput',
        `${file} cannot be run: ${error instanceof Error ? error.message : error}.`,
        {
          cause: error,
          mend: 'Install Python 3.11 with its venv module, so that "python3.11" runs.',
        },
      );
    },
  );
  if (code === 0) return out;
  const last = err.trimEnd().split('\n').slice(-3).join(' ').slice(-800);
  throw new RatchetError(
    'StorageFailure',
    `${file} ${args.slice(0, 3).join(' ')} ended by exit code ${code}. ${last}`,
    {
      mend: 'See whether the package index can be reached and the disk has 3 GB left, then give the same command again.',
    },
  );
}
