import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { CreateNamed } from '../../shared/serving/console/cluster-routes.ts';
import { exitCodes } from '../exit-codes.ts';
import { type CommandPlace, exitCodeOfProcess, ownCommand } from './own-command.ts';

const toldCharacters = 1_000;

/** Creates models of named clusters, each in a process of its own: training takes all that a machine has. */
export function createInProcess(place: CommandPlace, stop: AbortSignal): CreateNamed {
  return async (modelId, lines, { seed, foundation }) => {
    const args = [
      'create',
      modelId,
      '--from-clusters',
      '-',
      '--seed',
      String(seed),
      ...(foundation === null ? [] : [`--foundation=${foundation}`]),
    ];
    const child = spawn(process.execPath, ownCommand(place, args), { stdio: ['pipe', 'ignore', 'pipe'], signal: stop });
    const ended = exitCodeOfProcess(child);
    // A process that ends before it has read everything says why itself.
    child.stdin.on('error', () => undefined);
    child.stdin.end(lines);
    const said = await text(child.stderr).catch(() => '');
    const code = await ended;
    if (code === exitCodes.done) return;
    const why = said.trim().slice(-toldCharacters);
    throw new RatchetError('InvalidInput', why === '' ? 'The model could not be created.' : why, {
      mend: `Or create it by hand: ratchet create ${modelId} --from-clusters FILE.`,
    });
  };
}
