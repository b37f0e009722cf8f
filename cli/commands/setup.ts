import { Argument, type Command } from 'commander';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';

const help = `
Example:
  $ ratchet setup training
  $ ratchet create support --trainer gliner2 --examples labelled.jsonl

Needs Python 3.11 and some 3 GB. All is put into .training of the project's folder; what is there already is left as it is.
Without it, everything but the trainers gliner2, hf-lora and tinker works. RATCHET_TRAINING_PYTHON names another Python instead.`;

export function addSetupCommand(program: Command, run: RunCommand): void {
  program
    .command('setup')
    .summary('install what trains with Python')
    .description('Installs what back ends need that are not part of Node.js.')
    .addArgument(new Argument('<what>', 'what to install').choices(['training']))
    .addHelpText('after', help)
    .action((_what: string, _options: unknown, command: Command) => run(command, setup));
}

async function setup(session: Session): Promise<ExitCode> {
  const { installTraining } = await import('../setup/install-training.ts');
  const { progress, output, io } = session;
  progress.stageStarted('setup', 'training');
  const { python, installed } = await installTraining(['gliner2', 'hf-lora', 'tinker'], io.env, (step) =>
    output.say(step),
  );
  progress.stageFinished('setup', '');
  await output.result(commandResult('setup', { what: 'training', python, installed }), [`Installed: ${python}`]);
  return exitCodes.done;
}
