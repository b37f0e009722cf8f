import { Argument, type Command, Option } from 'commander';
import { z } from 'zod';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { bashScript } from '../completion/bash-script.ts';
import { type ProgramShape, programShape } from '../completion/command-shape.ts';
import { fishScript } from '../completion/fish-script.ts';
import { modelNames } from '../completion/model-names.ts';
import { zshScript } from '../completion/zsh-script.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';

const help = `
Example:
  $ source <(ratchet completion bash)          # in ~/.bashrc; for zsh in ~/.zshrc, after compinit
  $ ratchet completion fish | source           # in ~/.config/fish/config.fish

Commands, options and the names of models are completed.`;

const scripts: Readonly<Record<string, (shape: ProgramShape) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};
const optionsSchema = z.object({ models: z.boolean().default(false) });

export function addCompletionCommand(program: Command, run: RunCommand): void {
  program
    .command('completion')
    .summary('completion script for a shell')
    .description('Prints the script that makes a shell complete command lines of ratchet.')
    .addArgument(new Argument('[shell]', 'which shell').choices(Object.keys(scripts)))
    // The scripts ask for the names of the models, a line each.
    .addOption(new Option('--models').hideHelp())
    .addHelpText('after', help)
    .action((shell: string | undefined, options: unknown, command: Command) =>
      run(command, (session) =>
        optionsSchema.parse(options).models ? listModels(session) : printScript(shell, program, session),
      ),
    );
}

async function printScript(shell: string | undefined, program: Command, session: Session): Promise<ExitCode> {
  const write = shell === undefined ? undefined : scripts[shell];
  if (shell === undefined || write === undefined) {
    throw new RatchetError('InvalidInput', 'The shell is not named.', {
      mend: `Name one of: ${Object.keys(scripts).join(', ')}.`,
    });
  }
  const script = write(programShape(program));
  await session.output.result(commandResult('completion', { shell, script }), [script.trimEnd()]);
  return exitCodes.done;
}

/** Reads the names alone, without anything that takes long to load; none where there is no workspace. */
async function listModels({ directory, output }: Session): Promise<ExitCode> {
  const names = modelNames(directory);
  await output.result(names, names);
  return exitCodes.done;
}
