import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { driftHeadline } from '../../shared/domain/drift/drift-words.ts';
import { givenJudgeKindSchema } from '../../shared/domain/traces/judgement.ts';
import { type DropOptions, fileOptions } from '../../shared/intake/drop-options.ts';
import type { ToldProblem } from '../../shared/intake/file-problems.ts';
import type { IngestResult } from '../../shared/intake/ingest-result.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import { fraction } from '../arguments.ts';
import { BadLineReporter } from '../bad-lines.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { ingestLines } from '../ingest-lines.ts';
import { checkInput, inputName, openBytes, openInput } from '../open-input.ts';
import type { Place } from '../place.ts';
import { printableLine } from '../printable.ts';
import { commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';

const help = `
Example:
  $ cat traces.jsonl
  {"traceId": "t-1", "timestamp": "2026-03-01T09:00:00Z", "input": "Win now!!!", "output": "ham",
   "confidence": 0.61, "expected": "spam", "judge": {"kind": "human", "id": "ana", "reason": "an advert"}}
  $ ratchet ingest spam-filter traces.jsonl

(One object is one line; it is broken here to fit.) A line needs traceId, timestamp, input and output (null for no answer).
It is judged when it has "verdict" ("pass" or "fail"), "expected" (the right output), or both. A line with traceId and a
judgement alone judges the trace of that id, whether it is here or comes later. Of each person the latest judgement counts,
by "timestamp" within "judge", else by when it was ingested. Ingesting a file again changes nothing; a line that was
refused leaves quarantine when its traceId, or the very same line, comes in. Format: docs/trace.schema.json.

Other files are recognised by their content. --map says where a field is: a name, a place within (output.label,
messages[0].content), or :text for a constant (--map judge.kind=:human). Of a tool's scores those whose names speak of
correctness are verdicts, or the only one there is; --score NAME says which. What was assumed is told; --dry-run shows it first.
With --stack the files are uploaded and ingested on AWS; the command waits for it.`;

const optionsSchema = z.object({
  format: z.string().optional(),
  map: z.array(z.string()).default([]),
  passAt: z.number().optional(),
  judge: givenJudgeKindSchema.optional(),
  score: z.array(z.string()).default([]),
  strict: z.union([z.literal(true), z.number()]).optional(),
  dryRun: z.boolean().default(false),
});
type Options = z.infer<typeof optionsSchema>;

export function addIngestCommand(program: Command, run: RunCommand): void {
  program
    .command('ingest')
    .summary('bring in production traces and what was judged of them')
    .description('Reads traces into the store. Bad lines go to quarantine with their reason; the others are kept.')
    .argument('<model>', 'name of the model')
    .argument('<file...>', 'JSON lines or another format, also .gz and .zst; "-" is stdin')
    .option('--format <name>', 'what the files are, where their content does not tell')
    .option('--map <field=path>', 'where a field of a trace is in a record; may be given again', collected)
    .option('--pass-at <score>', 'the answer is right from this score on', figure)
    .addOption(
      new Option('--judge <kind>', 'who judged, where a file does not tell').choices(givenJudgeKindSchema.options),
    )
    .option('--score <name>', 'scores of this name are verdicts, others are not; may be given again', collected)
    .option('--strict [share]', 'exit 1 when more than this share of lines cannot be used (0)', shareLost)
    .option('--dry-run', 'show three traces as they would be stored, and the counts; write nothing')
    .addHelpText('after', help)
    .action((model: string, files: string[], options: unknown, command: Command) =>
      run(command, (session) => ingest(model, files, optionsSchema.parse(options), session)),
    );
}

function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** @throws InvalidArgumentError for what is no share, such as a file that stands behind `--strict` */
function shareLost(text: string): number {
  if (text.trim() !== '' && !Number.isNaN(Number(text))) return fraction(text);
  throw new InvalidArgumentError('It is no share: put --strict behind the files, or write such as --strict=0.05.');
}

function figure(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}

async function ingest(
  modelId: string,
  files: readonly string[],
  options: Options,
  session: Session,
): Promise<ExitCode> {
  for (const file of files) await checkInput(file);
  const reading = dropOptions(options);
  const badLines = new BadLineReporter(session.output);
  const request: Request = {
    modelId,
    files,
    options: reading,
    dryRun: options.dryRun,
    onProblem: (problem) => badLines.add(problem),
  };
  const { place, result } = await (session.stack === null || options.dryRun
    ? ingestHere(request, session)
    : ingestThere(session.stack, request, session)
  ).finally(() => badLines.end());

  const paths = await Promise.all(result.quarantine.map((key) => place.localCopy(key)));
  const told = { ...result, quarantine: paths };
  await session.output.result(
    commandResult('ingest', JSON.parse(JSON.stringify(told))),
    ingestLines(modelId, result, paths, options.dryRun),
  );
  for (const warning of result.warnings) session.output.say(`${printableLine(warning, 600)}.`);
  if (session.stack === null && !options.dryRun) await tellDrift(modelId, place, session);
  return exitCodeOf(result, options, session);
}

/** What came is looked at for changes of the traffic; that it cannot be is told, and takes nothing from what came in. */
async function tellDrift(modelId: string, { ports }: Place, { output }: Session): Promise<void> {
  const { watchDrift } = await import('../../shared/operations/drift.ts');
  try {
    const watched = await watchDrift(modelId, ports);
    if (watched === null || watched.fresh.length === 0) return;
    output.say(
      `${driftHeadline(watched.drift)}. Figures: ratchet status ${modelId}; what to judge: ratchet review ${modelId}.`,
    );
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error;
    output.say(`Whether the traffic has changed could not be told: ${printableLine(error.message, 400)}`);
  }
}

function exitCodeOf(result: IngestResult, { strict, format }: Options, session: Session): ExitCode {
  const { lines, quarantined } = result;
  const share = strict === true ? 0 : strict;
  if (share !== undefined && (quarantined > share * lines || result.unreadable > 0)) {
    session.output.say(`More than ${100 * share} % of the lines cannot be used: ${quarantined} of ${lines}.`);
    return exitCodes.fault;
  }
  // Its reason stands among the warnings or the bad lines.
  if (format !== undefined && result.unreadable > 0) return exitCodes.badInput;
  if (result.ingested + result.alreadyKnown + result.judgements + result.erased > 0) return exitCodes.done;
  if (quarantined + result.unreadable === 0) return exitCodes.done;
  session.output.say('No line could be used.');
  return exitCodes.badInput;
}

/** @throws RatchetError InvalidInput for a mapping that is none */
function dropOptions({ format, map, passAt, judge, score }: Options): DropOptions {
  const places = map.map((mapping) => {
    const at = mapping.indexOf('=');
    return [mapping.slice(0, Math.max(0, at)), mapping.slice(at + 1)] as const;
  });
  const options: DropOptions = {
    map: Object.fromEntries(places),
    ...(format === undefined ? {} : { format }),
    ...(passAt === undefined ? {} : { passAt }),
    ...(judge === undefined ? {} : { judge }),
    ...(score.length === 0 ? {} : { scores: score }),
  };
  fileOptions(options);
  return options;
}

interface Request {
  readonly modelId: string;
  readonly files: readonly string[];
  readonly options: DropOptions;
  readonly dryRun: boolean;
  readonly onProblem: (problem: ToldProblem) => void;
}

interface Ingested {
  readonly place: Place;
  readonly result: IngestResult;
}

async function ingestHere(
  { modelId, files, options, dryRun, onProblem }: Request,
  session: Session,
): Promise<Ingested> {
  const place = await session.open();
  session.progress.stageStarted('ingest');
  const result = await ingestTraces(
    {
      modelId,
      sources: files.map((file) => ({ name: inputName(file), open: () => openInput(file, session.io.stdin) })),
      ...fileOptions(options),
      dryRun,
      onProblem,
      onProgress: (lines) => session.progress.stageProgress('ingest', lines, 0, 'lines'),
    },
    place.ports,
  );
  session.progress.stageFinished('ingest', '');
  return { place, result };
}

async function ingestThere(
  stackName: string,
  { modelId, files, options, onProblem }: Request,
  session: Session,
): Promise<Ingested> {
  const place = await session.openStack(stackName);
  const { ingestOnStack } = await import('../stack/ingest-on-stack.ts');
  const opened = files.map((file) => ({ name: inputName(file), open: () => openBytes(file, session.io.stdin) }));
  const said = Object.keys(options).length > 1 || Object.keys(options.map).length > 0;
  const request = { modelId, files: opened, options: said ? options : null, onProblem };
  return { place, result: await ingestOnStack(place, request, session.progress) };
}
