import type { Command } from 'commander';
import { z } from 'zod';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { TaskKind } from '../../shared/domain/base/task-kind.ts';
import { plural } from '../../shared/domain/base/wording.ts';
import type { RunResult } from '../../shared/loop/state/run-result.ts';
import { planLines, planRun } from '../../shared/operations/plan-run.ts';
import { whichModel } from '../../shared/operations/which-model.ts';
import { kindOf } from '../../shared/ports/kind-of.ts';
import { agentLines } from '../agent-lines.ts';
import { dollars, wholeNumber } from '../arguments.ts';
import { budgetNotes } from '../budget-notes.ts';
import { costLines } from '../cost-lines.ts';
import { evidenceLines } from '../evidence-lines.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Place } from '../place.ts';
import { printableLine } from '../printable.ts';
import { commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';
import type { Workspace } from '../workspace.ts';

const help = `
Example:
  $ ratchet run spam-filter --seed 7
  $ ratchet report RUN          (the run's name is in the result)

A run judges and triages the traces, finds why the champion fails, trains candidates on a corrective training set, and
promotes one only if it passes the gate. A run that was broken off goes on where it stopped when it is started again. With
--stack the run works on AWS, and goes on there when this command is stopped.
Exit code 3: the run ended and the champion stayed; the report says why.`;

const optionsSchema = z.object({
  seed: z.int().nullable().default(null),
  budget: z.number().positive().nullable().default(null),
  plan: z.boolean().default(false),
  verbose: z.boolean().default(false),
  follow: z.boolean().default(false),
});
type Options = z.infer<typeof optionsSchema>;

export function addRunCommand(program: Command, run: RunCommand): void {
  program
    .command('run')
    .summary('improve the model, and promote what passes the gate')
    .description('Runs the improvement loop once for a model.')
    .argument('<model>', 'name of the model')
    .option('--seed <n>', 'fixes all that is drawn at random (1, or that of the run it goes on with)', wholeNumber)
    .option(
      '--budget <usd>',
      'US dollars that trainings, answers that are paid for, agents and judges of the run may cost together (no limit)',
      dollars,
    )
    .option('--plan', 'tell what a run will take in time and money, and do nothing')
    .option('--verbose', 'show each item of a stage, not only how many are done')
    .option(
      '--follow',
      "with --stack: show the model's newest run, begun here or by an event, instead of beginning one",
    )
    .addHelpText('after', help)
    .action((model: string, options: unknown, command: Command) =>
      run(
        command,
        (session) => {
          const given = optionsSchema.parse(options);
          return given.plan ? tellPlan(model, session) : improve(model, given, session);
        },
        { patient: false },
      ),
    );
}

async function improve(modelId: string, options: Options, session: Session): Promise<ExitCode> {
  const { place, result: ended } = await (session.stack === null
    ? runHere(modelId, options, session)
    : runThere(modelId, session.stack, options, session));
  session.progress.stop();
  const result = { ...ended, why: ended.why === null ? null : await withLocalCurriculum(ended.why, place) };
  const report = await place.localCopy(result.report);
  await session.output.result(commandResult('run', { ...result, report }), [
    `${result.decision === 'promoted' ? 'Promoted' : 'Kept'}: ${printableLine(result.headline, 1_000)}.`,
    result.decision === 'promoted'
      ? `Checkpoint ${result.champion} is the champion of ${modelId} now.`
      : `Checkpoint ${result.champion} stays the champion of ${modelId}.`,
    ...(result.notDeployed === undefined ? [] : [`Not deployed: ${printableLine(result.notDeployed, 2_000)}`]),
    ...(result.why === null ? [] : [`Why: ${printableLine(result.why, 2_000)}`]),
    ...evidenceLines(result, await kindOfModel(modelId, place)),
    ...agentLines(result),
    ...costLines(result),
    `Report: ${report}`,
    ...reviewLine(result, session.stackOption),
  ]);
  session.output.say(`Next: ratchet report ${result.run}${session.stackOption}`);
  if (result.notDeployed !== undefined) return exitCodes.fault;
  return result.decision === 'promoted' ? exitCodes.done : exitCodes.kept;
}

/** Names the file of a curriculum that was left untrained by its path here, not by its key. */
async function withLocalCurriculum(why: string, place: Place): Promise<string> {
  const key = /The curriculum is at (\S+)\.(?: |$)/.exec(why)?.[1];
  return key === undefined ? why : why.replace(key, await place.localCopy(key));
}

async function tellPlan(modelId: string, session: Session): Promise<ExitCode> {
  const { ports } = await session.open();
  const plan = await planRun(modelId, ports);
  const lines = planLines(plan);
  await session.output.result(
    commandResult('run-plan', { model: modelId, ...plan }),
    lines.length > 0 ? lines : ['A run costs nothing beyond its agents and judges, and takes minutes.'],
  );
  return exitCodes.done;
}

async function kindOfModel(modelId: string, { ports }: Place): Promise<TaskKind> {
  return kindOf(await whichModel(modelId, ports), ports);
}

function reviewLine({ review, run }: RunResult, at: string): string[] {
  if (review === 0) return [];
  return [`${plural(review, 'trace')} for a person to judge: ratchet report ${run} --review${at}`];
}

interface Improved {
  readonly place: Place;
  readonly result: RunResult;
}

async function runHere(
  modelId: string,
  { seed, budget, verbose, follow }: Options,
  session: Session,
): Promise<Improved> {
  if (follow) {
    throw new RatchetError('InvalidInput', '--follow shows a run of a stack, and no stack is named.', {
      mend: 'Add --stack NAME. A run in a workspace goes on when it is started again, without --follow.',
    });
  }
  const place = await session.openWorkspace();
  if (budget !== null) await tellOfBudget(place, session);
  for (const line of planLines(await planRun(modelId, place.ports))) session.output.say(line);
  const { runLoop } = await import('../runtime/run-loop.ts');
  return { place, result: await runLoop(place, { modelId, seed, verbose, budgetUsd: budget }, session.progress) };
}

async function tellOfBudget({ directory, ports }: Workspace, { io, output }: Session): Promise<void> {
  const { workspaceChat } = await import('../workspace-chat.ts');
  const chat = await workspaceChat(directory, io.env, ports.clock);
  for (const note of budgetNotes(chat)) output.say(note);
}

async function runThere(modelId: string, stackName: string, options: Options, session: Session): Promise<Improved> {
  const place = await session.openStack(stackName);
  const { runOnStack } = await import('../stack/run-on-stack.ts');
  const { budget: budgetUsd, ...rest } = options;
  const request = { modelId, ...rest, budgetUsd, onStop: session.io.onStop };
  return { place, result: await runOnStack(place, request, session.progress) };
}
