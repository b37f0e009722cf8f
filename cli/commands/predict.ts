import type { Command } from 'commander';
import { z } from 'zod';
import type { Checkpoint } from '../../shared/domain/models/checkpoint.ts';
import { describeIssues, type LineResult, parseJsonObject, refuse } from '../../shared/intake/parse-json-line.ts';
import { type Line, readLines } from '../../shared/intake/read-lines.ts';
import { chooseCheckpoint } from '../../shared/operations/choose-checkpoint.ts';
import { type AnswersToday, answersToday, answerToday } from '../../shared/ports/answer-today.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { availableBatches } from '../available-batches.ts';
import { BadLineReporter } from '../bad-lines.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { openInput } from '../open-input.ts';
import { type CommandResult, commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';

const help = `
Example:
  $ echo '{"input": "Win a prize now!!!"}' | ratchet predict spam-filter
  {"input":"Win a prize now!!!","output":"spam","confidence":0.97}

One line out for each line in, in order. An input without text has "output": null. A line that cannot be read has
"input": null and says why in "error"; the exit code is 2 only when no line could be read.`;

const optionsSchema = z.object({ checkpoint: z.string().optional() });
const inputLineSchema = z.object({ input: z.string() });
const batchLimit = 512;

type Answer = CommandResult<'predict'>;

export function addPredictCommand(program: Command, run: RunCommand): void {
  program
    .command('predict')
    .summary('answer inputs from stdin')
    .description('Answers {"input"} lines from stdin with the champion, or with another checkpoint.')
    .argument('<model>', 'name of the model')
    .option('--checkpoint <id>', 'answer with this one (ids: ratchet lineage MODEL)')
    .addHelpText('after', help)
    .action((model: string, options: unknown, command: Command) =>
      run(command, (session) => predict(model, optionsSchema.parse(options).checkpoint ?? null, session)),
    );
}

async function predict(modelId: string, checkpointId: string | null, session: Session): Promise<ExitCode> {
  const { ports } = await session.open();
  const checkpoint = await chooseCheckpoint(modelId, checkpointId, ports);
  const model = await ports.lineage.getModel(modelId);
  const today = model === undefined ? null : answersToday(checkpoint, model, ports);
  const badLines = new BadLineReporter(session.output);
  let answered = 0;
  let refused = 0;
  session.progress.stageStarted('predict');
  const lines = readLines(await openInput('-', session.io.stdin));
  for await (const batch of availableBatches(lines, batchLimit)) {
    const parsed = batch.map(parseInputLine);
    parsed.forEach((line, index) => {
      if (line.ok) return;
      refused += 1;
      badLines.add({ file: 'standard input', line: batch[index]?.number ?? 0, ...line.problem });
    });
    for (const answer of await answerLines(parsed, checkpoint, today, ports))
      await session.output.record(commandResult('predict', answer));
    answered += batch.length;
    session.progress.stageProgress('predict', answered, 0, 'lines');
  }
  session.progress.stageFinished('predict', `${answered} lines`);
  badLines.end();
  if (answered > refused) return exitCodes.done;
  session.output.say(
    answered === 0 ? 'There was no line on standard input.' : 'No line could be read: write {"input": "..."} a line.',
  );
  return exitCodes.badInput;
}

/** One line of input to answer. Never throws: a line yields a text or a reason. */
export function parseInputLine(line: Line): LineResult<string> {
  if (line.kind === 'unreadable') return refuse(line.reason, line.mend);
  const object = parseJsonObject(line.text);
  if (!object.ok) return object;
  const parsed = inputLineSchema.safeParse(object.value);
  return parsed.success
    ? { ok: true, value: parsed.data.input }
    : refuse(describeIssues(parsed.error), 'write {"input": "..."}');
}

async function answerLines(
  lines: readonly LineResult<string>[],
  checkpoint: Checkpoint,
  today: AnswersToday | null,
  ports: Ports,
): Promise<readonly Answer[]> {
  const inputs = lines.flatMap((line) => (line.ok ? [line.value] : []));
  const predictions = await answerToday(checkpoint, today, inputs, ports, { keepSplit: true });
  const next = predictions[Symbol.iterator]();
  return lines.map((line): Answer => {
    if (!line.ok) return { input: null, output: null, confidence: 0, error: line.problem.reason };
    const prediction = next.next().value;
    return { input: line.value, output: prediction?.output ?? null, confidence: prediction?.confidence ?? 0 };
  });
}
