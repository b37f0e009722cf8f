import type { Command } from 'commander';
import { plural } from '../../shared/domain/base/wording.ts';
import { type BadLine, type IngestResult, ingestTraces } from '../../shared/intake/ingest-traces.ts';
import { BadLineReporter } from '../bad-lines.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { checkInput, inputName, openBytes, openInput } from '../open-input.ts';
import type { Place } from '../place.ts';
import { commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';

const help = `
Example:
  $ cat traces.jsonl
  {"traceId": "t-1", "timestamp": "2026-03-01T09:00:00Z", "input": "Win now!!!", "output": "ham",
   "confidence": 0.61, "expected": "spam", "judge": {"kind": "human", "id": "ana", "reason": "an advert"}}
  $ ratchet ingest spam-filter traces.jsonl

(One object is one line; it is broken here to fit.) A line needs traceId, timestamp, input and output (null for no answer).
It is judged when it has "verdict" ("pass" or "fail"), "expected" (the right output), or both. A traceId that is known adds
its judgement; the latest human one counts. Ingesting a file again changes nothing. With
--stack the files are uploaded and ingested on AWS; the command waits for it. Format: docs/trace.schema.json.`;

export function addIngestCommand(program: Command, run: RunCommand): void {
  program
    .command('ingest')
    .summary('bring in production traces and what was judged of them')
    .description('Reads traces into the store. Bad lines go to quarantine with their reason; the others are kept.')
    .argument('<model>', 'name of the model')
    .argument('<file...>', 'JSON lines, also .gz; "-" is stdin')
    .addHelpText('after', help)
    .action((model: string, files: string[], _options: unknown, command: Command) =>
      run(command, (session) => ingest(model, files, session)),
    );
}

async function ingest(modelId: string, files: readonly string[], session: Session): Promise<ExitCode> {
  for (const file of files) await checkInput(file);
  const badLines = new BadLineReporter(session.output);
  const request = { modelId, files, onBadLine: (bad: ToldLine) => badLines.add(bad) };
  const { place, result } = await (session.stack === null
    ? ingestHere(request, session)
    : ingestThere(session.stack, request, session)
  ).finally(() => badLines.end());
  const { quarantine, ...counts } = result;

  const paths = await Promise.all(quarantine.map((key) => place.localCopy(key)));
  const lines = [
    `${plural(counts.ingested, 'new trace')}, ${plural(counts.judgements, 'new judgement')}; ${plural(counts.alreadyKnown, 'line')} of known traces.`,
    ...(counts.erased === 0
      ? []
      : [
          `${plural(counts.erased, 'line')} of ${counts.erased === 1 ? 'an erased trace' : 'erased traces'} passed over.`,
        ]),
    ...(counts.quarantined === 0
      ? []
      : [`${plural(counts.quarantined, 'bad line')} in quarantine: ${paths.join(', ')}`]),
  ];
  await session.output.result(commandResult('ingest', { ...counts, quarantine: paths }), lines);
  if (counts.ingested + counts.alreadyKnown + counts.erased > 0) return exitCodes.done;
  session.output.say(
    counts.quarantined === 0 ? 'There was nothing to ingest: no line in any file.' : 'No line could be used.',
  );
  return exitCodes.badInput;
}

type ToldLine = Pick<BadLine, 'file' | 'line' | 'reason' | 'mend'>;

interface Request {
  readonly modelId: string;
  readonly files: readonly string[];
  readonly onBadLine: (bad: ToldLine) => void;
}

interface Ingested {
  readonly place: Place;
  readonly result: IngestResult;
}

async function ingestHere({ modelId, files, onBadLine }: Request, session: Session): Promise<Ingested> {
  const place = await session.openWorkspace();
  session.progress.stageStarted('ingest');
  const result = await ingestTraces(
    {
      modelId,
      sources: files.map((file) => ({ name: inputName(file), open: () => openInput(file, session.io.stdin) })),
      onBadLine,
      onProgress: (lines) => session.progress.stageProgress('ingest', lines, 0, 'lines'),
    },
    place.ports,
  );
  session.progress.stageFinished('ingest', '');
  return { place, result };
}

async function ingestThere(
  stackName: string,
  { modelId, files, onBadLine }: Request,
  session: Session,
): Promise<Ingested> {
  const place = await session.openStack(stackName);
  const { ingestOnStack } = await import('../stack/ingest-on-stack.ts');
  const opened = files.map((file) => ({ name: inputName(file), open: () => openBytes(file, session.io.stdin) }));
  return { place, result: await ingestOnStack(place, { modelId, files: opened, onBadLine }, session.progress) };
}
