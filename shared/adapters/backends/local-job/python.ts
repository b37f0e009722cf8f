import { access, constants } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RatchetError } from '../../../domain/base/errors.ts';

/** The variable that names the Python to run training jobs with. */
export const pythonVariable = 'RATCHET_TRAINING_PYTHON';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Where `ratchet setup training` makes its environment. */
export const trainingFolder = environmentFolder(root);

/** The folder of the Python package that runs jobs. */
export const packageFolder = join(root, 'training');

/**
 * The environment's folder: the project's own or, where Ratchet is installed, beside `node_modules`, in which every
 * installation would remove it.
 * @param folder where Ratchet's files are
 */
export function environmentFolder(folder: string): string {
  const at = folder.indexOf(`${sep}node_modules${sep}`);
  return join(at === -1 ? folder : folder.slice(0, at), '.training');
}

type Environment = Readonly<Record<string, string | undefined>>;

/** How jobs are run: a command to which the package's own arguments are added, and its environment. */
export interface PythonCommand {
  readonly command: readonly [string, ...string[]];
  readonly env: Environment;
}

/**
 * The Python that training jobs run with: the one that the environment names, else that of {@link trainingFolder}.
 * @throws RatchetError InvalidInput where there is none
 */
export async function findPython(env: Environment): Promise<PythonCommand> {
  const named = env[pythonVariable];
  const path = named === undefined || named === '' ? `${trainingFolder}/bin/python` : named;
  try {
    await access(path, constants.X_OK);
  } catch (error) {
    throw new RatchetError('InvalidInput', `There is no Python for training jobs at ${path}.`, {
      cause: error,
      mend: `Install it: ratchet setup training. Or name one that has the packages: export ${pythonVariable}=PATH`,
    });
  }
  const found = [packageFolder, ...(env.PYTHONPATH ?? '').split(':').filter((one) => one !== '')].join(':');
  return { command: [path, '-m', 'ratchet_training'], env: { ...env, PYTHONPATH: found } };
}
