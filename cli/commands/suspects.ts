import type { Command } from 'commander';
import { z } from 'zod';
import type { TriagedRecord } from '../../shared/domain/traces/trace-record.ts';
import { whichModel } from '../../shared/operations/which-model.ts';
import { kindOf } from '../../shared/ports/kind-of.ts';
import { readingOf } from '../../shared/ports/reading-of.ts';
import { countingNumber } from '../arguments.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type CommandResult, commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';
import { closingLine, suspectLines } from '../suspect-lines.ts';

const help = `
Example:
  $ ratchet suspects spam-filter
  $ ratchet suspects spam-filter --all --json > suspects.jsonl     (correct "expected", name yourself in "judge", then:)
  $ ratchet ingest spam-filter suspects.jsonl

A judgement is suspect when models that have not seen the trace say otherwise, and how the judge errs elsewhere makes that
likely, or when people disagree. So are judgements by which one judge alone turns a label or plants a word against the
model's first examples: another judge bears them out, or you, by the setting that the reason names. Suspects do not train until somebody has looked at them. A line that is ingested as it was
changes nothing. Of entities, the reason names the one that is wrong, missing or too many.`;

const optionsSchema = z.object({ limit: z.int().positive(), all: z.boolean().default(false) });

export function addSuspectsCommand(program: Command, run: RunCommand): void {
  program
    .command('suspects')
    .summary('judgements that are probably wrong')
    .description(
      'Lists the judgements that the last run found suspect, likeliest wrong first; with --json as lines to correct and ingest.',
    )
    .argument('[model]', 'name of the model; may be left out where there is one alone')
    .option('--limit <n>', 'how many to list', countingNumber, 20)
    .option('--all', 'list all of them')
    .addHelpText('after', help)
    .action((model: string | undefined, options: unknown, command: Command) =>
      run(command, (session) => suspects(model ?? null, optionsSchema.parse(options), session)),
    );
}

async function suspects(
  named: string | null,
  { limit, all }: z.infer<typeof optionsSchema>,
  session: Session,
): Promise<ExitCode> {
  const { ports } = await session.openToRead();
  const model = await whichModel(named, ports);
  const { lastFindings } = await import('../../shared/loop/inspect/last-findings.ts');
  const { judgedByPeople, suspectsOf } = await import('../../shared/loop/inspect/suspects.ts');
  const findings = await lastFindings(model.modelId, ports);
  if (findings === null) {
    session.output.say(`No run has triaged the traces of ${model.modelId} yet: ratchet run ${model.modelId}`);
    return exitCodes.done;
  }
  const found = await suspectsOf(findings, readingOf(model, ports), ports);
  const listed = all ? found : found.slice(0, limit);
  const lines = listed.map((record) => lineOf(record, findings.run.runId));
  if (session.output.json) for (const line of lines) await session.output.record(commandResult('suspects', line));
  else await session.output.result(null, suspectLines(lines, kindOf(model, ports)));
  const byPeople = await judgedByPeople(findings, ports);
  session.output.say(
    closingLine(
      { listed: listed.length, found: found.length, run: findings.run.runId, byPeople },
      kindOf(model, ports),
    ),
  );
  return exitCodes.done;
}

type SuspectLine = CommandResult<'suspects'>;

/** A suspect as a line to ingest. The verdict is left out where the right output says it. */
function lineOf(record: TriagedRecord, run: string): SuspectLine {
  const { traceId, timestamp, input, recorded, judgement, triage } = record;
  const { kind, reason, suspect } = triage;
  const expected = judgement?.expected ?? null;
  const verdict = judgement?.verdict ?? null;
  return {
    traceId,
    timestamp,
    input,
    output: recorded,
    ...(expected !== null ? { expected } : verdict === null ? {} : { verdict }),
    judge: judgement?.judge ?? { kind: 'rule', id: 'unknown', reason: '' },
    metadata: {
      review: { run, kind, likely: suspect?.likely ?? null, probability: suspect?.probability ?? null, reason },
    },
  };
}
