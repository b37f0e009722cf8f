import type { Command } from 'commander';
import { z } from 'zod';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { plural } from '../../shared/domain/base/wording.ts';
import { parseCondition } from '../../shared/domain/erasure/condition.ts';
import type { Selection } from '../../shared/operations/erase/choose-traces.ts';
import { type EraseResult, eraseTraces } from '../../shared/operations/erase/erase.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { person } from '../person.ts';
import type { Place } from '../place.ts';
import { printableLine } from '../printable.ts';
import { commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';

const help = `
Example:
  $ ratchet erase spam-filter --trace t-17 t-18 --dry-run
  $ ratchet erase spam-filter --trace t-17 t-18 --yes
  $ ratchet erase spam-filter --where metadata.user=u17 --yes
  $ ratchet erase spam-filter --where text~jane@example.org --yes

Traces go from the log with all that was judged of them, from datasets, frozen records, files of runs, reports, quarantine
and caches. A condition is FIELD=VALUE (the whole value) or FIELD~PART (a part, in any case) with traceId, input, output,
steps, metadata.NAME, or text for all of these. The ids do not come in again: a digest of each is kept. Checkpoints
that were trained on them keep what they have learnt, and those of a tagger the surfaces of entities in clear: they are named,
with what to do. Without --yes, and with --dry-run, nothing is changed.`;

const optionsSchema = z.object({
  trace: z.array(z.string()).optional(),
  where: z.string().optional(),
  dryRun: z.boolean().default(false),
  yes: z.boolean().default(false),
});
type Options = z.infer<typeof optionsSchema>;

export function addEraseCommand(program: Command, run: RunCommand): void {
  program
    .command('erase')
    .alias('forget')
    .summary("erase traces, such as a person's, everywhere")
    .description('Erases traces and all that came of them. Refused while a run is active.')
    .argument('<model>', 'name of the model')
    .argument('[traces...]', 'ids of traces, as with --trace')
    .option('--trace <id...>', 'ids of traces')
    .option('--where <condition>', 'traces that meet a condition, such as metadata.user=u17')
    .option('--dry-run', 'say what would be erased, and change nothing')
    .option('--yes', 'erase: it cannot be undone')
    .addHelpText('after', help)
    .action((model: string, traces: string[], options: unknown, command: Command) =>
      run(command, (session) => {
        const parsed = optionsSchema.parse(options);
        return erase(model, { ...parsed, trace: [...traces, ...(parsed.trace ?? [])] }, session);
      }),
    );
}

async function erase(modelId: string, options: Options, session: Session): Promise<ExitCode> {
  const selection = selectionOf(options);
  const place = await opened(session);
  const dryRun = options.dryRun || !options.yes;
  session.progress.stageStarted('erase');
  const result = await eraseTraces(
    {
      modelId,
      selection,
      dryRun,
      by: person(),
      owner: place.owner,
      onProgress: (done, total) => session.progress.stageProgress('erase', done, total, 'objects'),
    },
    place.ports,
  );
  const { record, recordKey, unknown, nearDuplicates } = result;
  const embeddings = dryRun ? 0 : await place.forget(result.inputs, record.keys);
  session.progress.stageFinished('erase', '');
  const path = recordKey === null ? null : await place.localCopy(recordKey);
  await session.output.result(
    commandResult('erase', {
      model: modelId,
      dryRun,
      traces: record.traces,
      judgements: record.judgements,
      parts: record.parts,
      checkpoints: record.checkpoints,
      unknown: [...unknown],
      nearDuplicates: [...nearDuplicates],
      embeddings,
      left: record.left,
      cutLines: record.cutLines,
      record: path,
    }),
    [...lines(modelId, result, dryRun), ...(path === null ? [] : [`Record: ${path}`])].map((line) =>
      printableLine(line, 1_000),
    ),
  );
  if (record.traces === 0 && record.parts.length === 0 && recordKey === null) {
    session.output.say('Nothing was found to erase.');
    return exitCodes.badInput;
  }
  if (session.stack !== null) session.output.say(versionsRemain);
  if (!dryRun || options.dryRun) return exitCodes.done;
  session.output.say('Nothing was changed. To erase it for good, give the same command with --yes.');
  return exitCodes.badInput;
}

/** What servers have acknowledged is looked into too. */
async function opened(session: Session): Promise<Place> {
  if (session.stack !== null) {
    const stack = await session.openStack(session.stack);
    const { settleJournal } = await import('../../shared/serving/settle-journal.ts');
    if (stack.journal !== null) await settleJournal(stack.journal, stack.ports);
    return stack;
  }
  const workspace = await session.openWorkspace();
  const { journalMoved } = await import('../serving/workspace-journal.ts');
  await journalMoved(workspace);
  return workspace;
}

const versionsRemain =
  "The buckets keep earlier versions of changed objects, and the table its backups: they go after noncurrentVersionDays of the deployment's configuration (see docs/deploy.md) and 35 days. Lambda's temporary folders go with their instances.";

function selectionOf({ trace = [], where }: Options): Selection {
  if (where !== undefined && trace.length > 0) {
    throw new RatchetError('InvalidInput', 'Both ids of traces and --where are given.', {
      mend: 'Erase by one of them, then by the other.',
    });
  }
  if (where !== undefined) return { by: 'condition', condition: parseCondition(where) };
  if (trace.length > 0) return { by: 'ids', traceIds: trace };
  throw new RatchetError('InvalidInput', 'It is not said which traces are to be erased.', {
    mend: 'Name them: --trace ID…, or give a condition: --where metadata.user=u17.',
  });
}

const namedAtMost = 10;

function lines(modelId: string, { record, unknown, nearDuplicates }: EraseResult, dryRun: boolean): readonly string[] {
  const parts = record.parts.map(({ what, records, objects }) =>
    records === 0 ? `${what} (${plural(objects, 'file')})` : `${what} ${records} (${plural(objects, 'file')})`,
  );
  const champion = record.checkpoints.find((one) => one.champion);
  return [
    `${dryRun ? 'To erase' : 'Erased'}: ${plural(record.traces, 'trace')}, ${plural(record.judgements, 'judgement')}${parts.map((part) => `; ${part}`).join('')}.`,
    ...(unknown.length === 0 ? [] : [`In no trace of the log: ${someOf(unknown)}.`]),
    ...record.checkpoints.map(
      (one) =>
        `Checkpoint ${one.checkpoint}${one.champion ? ', the champion,' : ''} was trained on ${plural(one.examples, 'example')} of it (dataset ${one.dataset}).`,
    ),
    ...(champion === undefined
      ? []
      : [
          `Weights keep what they have learnt, and the champion stays as it is until another takes its place. Candidates without it: ratchet run ${modelId}. A checkpoint from before: ratchet rollback ${modelId} --to CHECKPOINT (ids: ratchet lineage ${modelId}).`,
        ]),
    ...record.checkpoints.flatMap(({ checkpoint, holds }) =>
      holds === null
        ? []
        : [
            `The artifact of checkpoint ${checkpoint} holds ${holds} of its examples in clear. Train another without them (ratchet run ${modelId}), and remove its artifact once nothing serves it.`,
          ],
    ),
    ...(nearDuplicates.length === 0
      ? []
      : [
          `${plural(nearDuplicates.length, 'near-duplicate')} of it ${nearDuplicates.length === 1 ? 'stays' : 'stay'}: ${someOf(nearDuplicates)}.`,
        ]),
    ...(record.cutLines === 0
      ? []
      : [
          `Not looked into whole: ${plural(record.cutLines, 'line')} in quarantine of which only the beginning was kept. Look into quarantine/${modelId} yourself, and remove what is meant.`,
        ]),
    ...record.left.map(({ key, why }) => `Not looked into: ${key}: ${why}. Look yourself.`),
  ];
}

function someOf(ids: readonly string[]): string {
  const more = ids.length - namedAtMost;
  return `${ids.slice(0, namedAtMost).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
