import type { Command } from 'commander';
import { z } from 'zod';
import { formatCount, plural } from '../../shared/domain/base/wording.ts';
import type { Checkpoint } from '../../shared/domain/models/checkpoint.ts';
import type { Model } from '../../shared/domain/models/model.ts';
import type { Line } from '../../shared/intake/read-lines.ts';
import { maxLineBytes, readLines } from '../../shared/intake/read-lines.ts';
import { chooseCheckpoint } from '../../shared/operations/choose-checkpoint.ts';
import { type AnswersToday, answersToday, answerToday } from '../../shared/ports/answer-today.ts';
import { predictorNamed } from '../../shared/ports/back-ends.ts';
import { namingInputs } from '../../shared/ports/input-fault.ts';
import { kindOf } from '../../shared/ports/kind-of.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Prediction } from '../../shared/ports/predictor.ts';
import { answerLine, type InputLine, parseInputLine, type Wanted } from '../answer-lines.ts';
import { countingNumber, fraction } from '../arguments.ts';
import { availableBatches } from '../available-batches.ts';
import { BadLineReporter } from '../bad-lines.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { openInput } from '../open-input.ts';
import { commandResult } from '../results.ts';
import type { ServedTraces } from '../served-traces.ts';
import type { RunCommand, Session } from '../session.ts';

const help = `
Example:
  $ echo '{"input": "Win a prize now!!!", "id": 7}' | ratchet predict spam-filter
  {"input":"Win a prize now!!!","id":7,"output":"spam","confidence":0.97}
  $ ratchet predict spam-filter --text --top-k 3 --abstain-below 0.8 < texts.txt
  $ ratchet predict spam-filter --record < inputs.jsonl > answers.jsonl

One line out for each line in, in order, with all fields of the line. Where a field has the name of one of the answer's
(output, confidence, …), what it held comes back under "given". An input without text, and a blank line, has "output": null. A line that
cannot be read has "input": null and says why in "error"; the exit code is 2 only when no line could be read.
Once a run has ended with the champion, "calibrated" says how often such answers were right on judged traces that it had not seen.
With --record every answer is kept as a trace of the served traffic, under a new "traceId", to be judged later; what was
answered is recorded also when the command is stopped.`;

const optionsSchema = z.object({
  checkpoint: z.string().optional(),
  text: z.boolean().default(false),
  topK: z.int().positive().optional(),
  abstainBelow: z.number().optional(),
  record: z.boolean().default(false),
});
type Options = z.infer<typeof optionsSchema>;

const batchLimit = 512;

export function addPredictCommand(program: Command, run: RunCommand): void {
  program
    .command('predict')
    .summary('answer inputs from stdin')
    .description('Answers {"input"} lines from stdin with the champion, or with another checkpoint.')
    .argument('<model>', 'name of the model')
    .option('--checkpoint <id>', 'answer with this one (ids: ratchet lineage MODEL)')
    .option('--text', 'each line is a text, not JSON')
    .option('--top-k <n>', 'name the n most probable outputs as "alternatives"', countingNumber)
    .option(
      '--abstain-below <fraction>',
      'give no output below this confidence; it then stands in "wouldBe", with "abstained": true',
      fraction,
    )
    .option('--record', 'keep what is answered as traces of the model')
    .addHelpText('after', help)
    .action((model: string, options: unknown, command: Command) =>
      run(command, (session) => predict(model, optionsSchema.parse(options), session)),
    );
}

async function predict(modelId: string, options: Options, session: Session): Promise<ExitCode> {
  const { ports } = await session.openToRead();
  const checkpoint = await chooseCheckpoint(modelId, options.checkpoint ?? null, ports);
  tellWhatCannotBe(options, checkpoint, ports, session);
  const model = await ports.lineage.getModel(modelId);
  const today = model === undefined ? null : answersToday(checkpoint, model, ports);
  const served = options.record && model !== undefined ? await recorderOf(model, checkpoint, ports, session) : null;
  try {
    const calibrate = await calibrator(model, checkpoint, ports);
    return await answerAll({ checkpoint, today, options, served, calibrate }, ports, session);
  } finally {
    await served?.flush();
    if (served !== null) session.output.say(recordedWords(served, modelId));
  }
}

function recordedWords({ recorded, leftOut }: ServedTraces, modelId: string): string {
  const apart =
    leftOut === 0
      ? ''
      : ` ${leftOut === 1 ? '1 was' : `${formatCount(leftOut)} were`} left out: redaction would have made ${leftOut === 1 ? 'its output' : 'their outputs'} untrue.`;
  return `Recorded ${plural(recorded, 'trace')} of model ${modelId}.${apart}`;
}

interface Work {
  readonly checkpoint: Checkpoint;
  readonly today: AnswersToday | null;
  readonly options: Options;
  readonly served: ServedTraces | null;
  readonly calibrate: (prediction: Prediction) => { readonly calibrated?: number };
}

async function calibrator(
  model: Model | undefined,
  { checkpointId }: Checkpoint,
  ports: Ports,
): Promise<Work['calibrate']> {
  if (model === undefined) return () => ({});
  const { readCalibrationMap } = await import('../../shared/operations/read-calibration.ts');
  const { calibratedConfidence } = await import('../../shared/operations/calibrated-confidence.ts');
  const map = await readCalibrationMap(model.modelId, checkpointId, ports);
  return (prediction) => calibratedConfidence(prediction, map, kindOf(model, ports));
}

async function answerAll(
  { checkpoint, today, options, served, calibrate }: Work,
  ports: Ports,
  session: Session,
): Promise<ExitCode> {
  const badLines = new BadLineReporter(session.output);
  let answered = 0;
  let refused = 0;
  session.progress.stageStarted('predict');
  const lines = readLines(await openInput('-', session.io.stdin), maxLineBytes, { keepBlank: true });
  for await (const batch of availableBatches(lines, batchLimit)) {
    const parsed = batch.map((line) => parseInputLine(line, { isText: options.text }));
    parsed.forEach((line, index) => {
      if (line.ok) return;
      refused += 1;
      badLines.add({ file: 'standard input', line: numberOf(batch[index]), ...line.problem });
    });
    // A blank line is no traffic: it is answered, so that answers stay beside their lines, and never recorded.
    const inputs = parsed.flatMap((line, index) => (line.ok && !isBlank(batch[index]) ? [line.value] : []));
    const numbers = batch.filter((line, index) => parsed[index]?.ok === true && !isBlank(line)).map(numberOf);
    const predictions = await namingInputs(
      predictionsOf(inputs, checkpoint, today, options, ports),
      (place) => `line ${numbers[place]} of standard input`,
    );
    const traceIds = (await served?.add(inputs.map((line, at) => ({ line, prediction: predictions[at] })))) ?? null;
    let next = 0;
    for (const [index, line] of parsed.entries()) {
      const at = line.ok && !isBlank(batch[index]) ? next++ : -1;
      const answer = line.ok
        ? answerLine(line.value, predictions[at], wantedOf(options), traceIds?.[at] ?? null, calibrate)
        : { input: null, output: null, confidence: 0, error: line.problem.reason };
      // What the check gives back may lack fields of odd names, such as __proto__.
      commandResult('predict', answer);
      await session.output.record(answer);
    }
    answered += batch.length;
    session.progress.stageProgress('predict', answered, 0, 'lines');
  }
  session.progress.stageFinished('predict', plural(answered, 'line'));
  badLines.end();
  if (answered > refused) return exitCodes.done;
  session.output.say(
    answered === 0 ? 'There was no line on standard input.' : 'No line could be read: write {"input": "..."} a line.',
  );
  return exitCodes.badInput;
}

function isBlank(line: Line | undefined): boolean {
  return line?.kind === 'text' && line.text.trim() === '';
}

function numberOf(line: Line | undefined): number {
  return line?.number ?? 0;
}

function wantedOf({ topK, abstainBelow }: Options): Wanted {
  return { topK: topK ?? null, abstainBelow: abstainBelow ?? null };
}

function predictionsOf(
  lines: readonly InputLine[],
  checkpoint: Checkpoint,
  today: AnswersToday | null,
  { topK }: Options,
  ports: Ports,
): Promise<readonly Prediction[]> {
  const inputs = lines.map(({ input }) => input);
  return answerToday(checkpoint, today, inputs, ports, {
    keepSplit: true,
    ...(topK === undefined ? {} : { alternatives: topK }),
  });
}

/** A hint for who types, and what the back end cannot give. */
function tellWhatCannotBe(
  { topK, text }: Options,
  { served }: Checkpoint,
  ports: Ports,
  { io, output }: Session,
): void {
  if (io.stdin.isTTY === true) {
    output.say(
      text ? 'Type a text a line; end with Ctrl+D.' : 'Type lines such as {"input": "some text"}; end with Ctrl+D.',
    );
  }
  if (topK !== undefined && topK > 1 && !predictorNamed(served.predictor, ports).ranked)
    output.say(`Note: back end ${served.predictor} names one output alone.`);
}

async function recorderOf(model: Model, checkpoint: Checkpoint, ports: Ports, session: Session): Promise<ServedTraces> {
  const { ServedTraces } = await import('../served-traces.ts');
  const served = new ServedTraces(model, checkpoint.checkpointId, ports);
  session.io.onEnding?.(() => served.flush());
  return served;
}
