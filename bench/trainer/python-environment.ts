import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RatchetError } from '../../shared/domain/base/errors.ts';

const scikitLearn = fileURLToPath(new URL('./requirements.txt', import.meta.url));
const run = promisify(execFile);

/**
 * The Python of a virtual environment with the pinned packages, made in the folder unless it is there already.
 * @param requirements file of the packages; scikit-learn's by default
 * @throws RatchetError InvalidInput when there is no Python 3.11, or when it cannot install the packages
 */
export async function pythonEnvironment(
  folder: string,
  python: string,
  requirements: string = scikitLearn,
): Promise<string> {
  const environment = join(folder, 'python');
  const program = join(environment, 'bin', 'python');
  const done = join(environment, 'installed.txt');
  const wanted = await readFile(requirements, 'utf8');
  if ((await readFile(done, 'utf8').catch(() => '')) === wanted) return program;
  await rm(environment, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    await run(python, ['-m', 'venv', environment]);
    await run(program, [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--requirement',
      requirements,
    ]);
  } catch (cause) {
    throw new RatchetError(
      'InvalidInput',
      `${python} cannot make an environment with the packages of ${requirements}.`,
      {
        cause,
        mend: 'Install Python 3.11 with venv, or name one with --python, and let pip reach PyPI.',
      },
    );
  }
  await writeFile(done, wanted);
  return program;
}

/** Versions of Python and of the installed packages. */
export async function pythonVersions(program: string): Promise<Readonly<Record<string, string>>> {
  const { stdout: version } = await run(program, ['--version']);
  const lines = (await readFile(scikitLearn, 'utf8')).split('\n').filter((line) => line.includes('=='));
  return {
    python: version.trim().replace('Python ', ''),
    ...Object.fromEntries(lines.map((line) => line.split('==') as [string, string])),
  };
}
