import type { Command } from 'commander';
import { z } from 'zod';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { ExplainedTrace } from '../../shared/loop/inspect/explain-trace.ts';
import { kindOf } from '../../shared/ports/kind-of.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { explainLines } from '../explain-lines.ts';
import { type CommandResult, commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';

const help = `
Example:
  $ ratchet explain spam-filter t-1
  $ ratchet explain spam-filter --input "Win a prize now!!!"
  $ ratchet explain spam-filter t-1 --json | jq '.why.parts[0]'

Words are weighed by leaving each one out: its contribution is what the log-odds of the answer against the runner-up lose
by that. Words that only tell together share it. Of entities each one is explained, and each that should have been there:
words around it are blanked, and the log-odds are those that it stands exactly there. Checkpoints are asked as the gate asks them: where a model was trained
without the trace's fold, that one answers.`;

const optionsSchema = z.object({ input: z.string().optional() });

export function addExplainCommand(program: Command, run: RunCommand): void {
  program
    .command('explain')
    .summary('why a trace gets its answer, and what became of it')
    .description(
      'Tells of a trace, or of any text: the words that its answer comes from, the training examples most like it, what triage made of it and why, what it did to training, and what each checkpoint answers.',
    )
    .argument('<model>', 'name of the model')
    .argument('[trace]', 'its traceId')
    .option('--input <text>', 'a text that need not be a trace')
    .addHelpText('after', help)
    .action((model: string, trace: string | undefined, options: unknown, command: Command) =>
      run(command, (session) => explain(model, trace, optionsSchema.parse(options).input, session)),
    );
}

async function explain(
  modelId: string,
  traceId: string | undefined,
  input: string | undefined,
  session: Session,
): Promise<ExitCode> {
  const what = traceId !== undefined ? { traceId } : input !== undefined ? { input } : null;
  if (what === null || (traceId !== undefined && input !== undefined)) {
    throw new RatchetError(
      'InvalidInput',
      what === null ? 'Neither a trace nor a text is given.' : 'Both a trace and a text are given.',
      { mend: `Write ratchet explain ${modelId} TRACE, or ratchet explain ${modelId} --input TEXT.` },
    );
  }
  const { ports } = await session.openToRead();
  const { explainTrace } = await import('../../shared/loop/inspect/explain-trace.ts');
  session.progress.stageStarted('explain');
  const found = await explainTrace(modelId, what, ports);
  session.progress.stageFinished('explain', '');
  const result = commandResult('explain', shown(found));
  await session.output.result(result, explainLines(result, kindOf(found.model, ports)));
  return exitCodes.done;
}

function shown(found: ExplainedTrace): CommandResult<'explain'> {
  const { model, logged, answer, why, place, lastRun } = found;
  return {
    model: model.modelId,
    trace:
      logged === null
        ? null
        : {
            traceId: logged.trace.traceId,
            timestamp: logged.trace.timestamp,
            recorded: logged.trace.output,
            checkpoint: logged.trace.checkpointId ?? null,
            judgements: logged.judgements.map(({ verdict, expected, judge, judgedAt, leftOpen }) => ({
              verdict,
              expected: expected ?? null,
              judge,
              judgedAt,
              leftOpen,
            })),
          },
    input: found.input,
    mistake: found.mistake,
    answer: answer === null ? null : answerShown(answer),
    why:
      why === null ? null : { method: why.method, against: why.against, logOdds: why.logOdds, parts: [...why.parts] },
    whyParts:
      found.whyParts?.map(({ method, output, logOdds, parts }) => ({ method, output, logOdds, parts: [...parts] })) ??
      null,
    neighbours: [...found.neighbours],
    place,
    lastRun:
      lastRun === null
        ? null
        : {
            run: lastRun.runId,
            verdict: lastRun.record.verdict,
            expected: lastRun.record.expected,
            triage: lastRun.record.triage,
            cluster:
              lastRun.cluster === null
                ? null
                : {
                    clusterId: lastRun.cluster.clusterId,
                    title: lastRun.cluster.title,
                    cause: lastRun.cluster.cause,
                    size: lastRun.cluster.size,
                  },
          },
    training: found.training.map(({ dataset, slice, weight, output, from, folds, checkpointIds }) => ({
      dataset: dataset.datasetId,
      run: dataset.runId,
      iteration: dataset.iteration,
      mode: dataset.mode,
      slice,
      weight,
      output,
      from,
      folds: [...folds],
      checkpoints: [...checkpointIds],
    })),
    checkpoints: found.checkpoints.map(({ champion, unseen, right, ...one }) => ({
      ...answerShown(one),
      champion,
      unseen,
      right,
    })),
    ...(found.notAsked.length === 0 ? {} : { notAsked: [...found.notAsked] }),
    leftOut: found.leftOut,
  };
}

function answerShown({
  checkpointId,
  output,
  confidence,
}: NonNullable<ExplainedTrace['answer']>): NonNullable<CommandResult<'explain'>['answer']> {
  return { checkpoint: checkpointId, output, confidence };
}
