import { Command, CommanderError } from 'commander';
import packageDescription from '../package.json' with { type: 'json' };
import { path, stackName } from './arguments.ts';
import { addCreateCommand } from './commands/create.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEraseCommand } from './commands/erase.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addExportCommand } from './commands/export.ts';
import { addIngestCommand } from './commands/ingest.ts';
import { addLabelsCommand } from './commands/labels.ts';
import { addLineageCommand } from './commands/lineage.ts';
import { addListCommand } from './commands/list.ts';
import { addPredictCommand } from './commands/predict.ts';
import { addReportCommand } from './commands/report.ts';
import { addReviewCommand } from './commands/review.ts';
import { addRollbackCommand } from './commands/rollback.ts';
import { addRunCommand } from './commands/run.ts';
import { addServeCommand } from './commands/serve.ts';
import { addSettingsCommand } from './commands/settings.ts';
import { addSetupCommand } from './commands/setup.ts';
import { addStatusCommand } from './commands/status.ts';
import { addSuspectsCommand } from './commands/suspects.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts';
import { createOutput } from './output.ts';
import { printable } from './printable.ts';
import { type CliIo, isDebugging, type RunCommand, Session } from './session.ts';

const story = `
A model's life:
  ratchet create spam --task classification --examples labelled.jsonl   train the first checkpoint, and measure it
  ratchet predict spam --record < mail.jsonl > answers.jsonl            answer with the champion, and keep the traces
  ratchet ingest spam traces.jsonl                                      bring in judged production traces
  ratchet list                                                          all models at a glance, and when a run is due
  ratchet run spam                                                      find the weaknesses, retrain, pass the gate
  ratchet report --open                                                 read what happened and why
  ratchet suspects spam --json > review.jsonl                           correct the judgements that are probably wrong
  ratchet review spam                                                   judge what matters most, on a page in the browser
  ratchet explain spam TRACE                                            why this answer, and what became of the trace
  ratchet status spam                                                   health at a glance, and how the champion does

Judged traces and no examples: ratchet create spam --labels ham,spam, ingest, then ratchet create spam --from-traces.

Results go to stdout, progress and prose to stderr. Exit codes: 0 done, 1 a fault, 2 bad usage or input,
3 the run ended and the champion stayed. Set RATCHET_DEBUG=1 for stack traces.`;

/** Runs one command line. Never throws: what goes wrong is told on stderr and by the exit code. */
export async function runCli(args: readonly string[], io: CliIo): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.done;
  const run: RunCommand = async (command, work, options = { patient: true }) => {
    const session = new Session(io, command, options);
    try {
      exitCode = await work(session);
    } finally {
      await session.end();
    }
  };
  try {
    await buildProgram(io, run).parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
    createOutput(io, { json: false, debug: isDebugging(io) }).fault(error);
    return exitCodeOf(error);
  }
}

/** The commands as they are declared; `run` does their work. */
export function buildProgram(io: Pick<CliIo, 'stdout' | 'stderr'>, run: RunCommand): Command {
  const program = new Command('ratchet')
    .description('Keeps small language models in production improving, and never regressing.')
    .option('--workspace <dir>', 'directory with all that Ratchet knows', path, '.ratchet')
    .option('--stack <name>', 'work with this stack on AWS, not with a directory', stackName)
    .option('--json', 'write the result as JSON')
    .version(packageDescription.version, '--version')
    .addHelpText('after', story)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(printable(text)),
    })
    .showHelpAfterError('(add --help for usage and an example)')
    .exitOverride();
  addCreateCommand(program, run);
  addIngestCommand(program, run);
  addRunCommand(program, run);
  addPredictCommand(program, run);
  addServeCommand(program, run);
  addReportCommand(program, run);
  addListCommand(program, run);
  addStatusCommand(program, run);
  addSuspectsCommand(program, run);
  addReviewCommand(program, run);
  addExplainCommand(program, run);
  addLabelsCommand(program, run);
  addSettingsCommand(program, run);
  addLineageCommand(program, run);
  addRollbackCommand(program, run);
  addExportCommand(program, run);
  addEraseCommand(program, run);
  addDoctorCommand(program, run);
  addSetupCommand(program, run);
  return program;
}
