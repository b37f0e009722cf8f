import { type Command, Option } from 'commander';
import { z } from 'zod';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { quoted } from '../../shared/domain/base/quoted.ts';
import { labelChangesOf } from '../../shared/domain/models/model-change.ts';
import type { LabelWish } from '../../shared/operations/change-labels.ts';
import { kindOf } from '../../shared/ports/kind-of.ts';
import { unknownModel } from '../../shared/ports/unknown-model.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { changedLabelLines, labelLines } from '../label-lines.ts';
import { person } from '../person.ts';
import { type CommandResult, commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';

const help = `
Example:
  $ ratchet labels support
  $ ratchet labels support add privacy
  $ ratchet labels support rename delivery shipping
  $ ratchet labels support merge refund chargeback --into refund --dry-run
  $ ratchet labels support split technical --into app website

Traces, datasets and the records of promotions stay as they are and are read through the changes: what was judged before
a rename or a merge counts under the new name. The champion answers by the new names at once, too. Judgements that named
a label before it was there are held and count once it is added, or merged into one that is. A split leaves open what was
judged so far: it does not count, and goes to review. The next run learns the rest.`;

const actions = ['add', 'rename', 'merge', 'split'] as const;

const optionsSchema = z.object({ into: z.array(z.string()).optional(), dryRun: z.boolean().default(false) });

export function addLabelsCommand(program: Command, run: RunCommand): void {
  program
    .command('labels')
    .summary('show or change the labels or entity types of a model')
    .description(
      'Counts what is on record of each label, or type of entity, of a model, or adds, renames, merges or splits them.',
    )
    .argument('<model>', 'name of the model')
    .argument('[action]', 'add NAME…, rename OLD NEW, merge A B… --into C, or split OLD --into A B…')
    .argument('[names...]', 'labels')
    .addOption(new Option('--into <names...>', 'what labels are merged into, or a label is split into'))
    .option('--dry-run', 'only show what would change')
    .addHelpText('after', help)
    .action(
      (model: string, action: string | undefined, names: readonly string[], options: unknown, command: Command) => {
        const { into, dryRun } = optionsSchema.parse(options);
        return run(command, (session) =>
          action === undefined && into === undefined
            ? list(model, session)
            : change(model, wishOf(action ?? '', names, into ?? []), dryRun, session),
        );
      },
    );
}

/** What a command line asks for. @throws RatchetError InvalidInput, saying how the action is written */
function wishOf(action: string, names: readonly string[], into: readonly string[]): LabelWish {
  const [first, second] = names;
  if (action === 'add' && first !== undefined && into.length === 0) return { how: 'add', labels: names };
  if (action === 'rename' && first !== undefined && second !== undefined && names.length === 2 && into.length === 0) {
    return { how: 'rename', from: first, to: second };
  }
  const [target] = into;
  if (action === 'merge' && first !== undefined && target !== undefined && into.length === 1) {
    return { how: 'merge', labels: names, into: target };
  }
  if (action === 'split' && first !== undefined && names.length === 1 && into.length > 1) {
    return { how: 'split', from: first, into };
  }
  const usage = {
    add: 'add NAME…',
    rename: 'rename OLD NEW',
    merge: 'merge A B… --into C',
    split: 'split OLD --into A B…',
  };
  const known = actions.find((one) => one === action);
  throw new RatchetError(
    'InvalidInput',
    known === undefined ? `There is no action ${quoted(action)}.` : `That is not how to ${known} labels.`,
    { mend: `Write ratchet labels MODEL ${known === undefined ? Object.values(usage).join(', or ') : usage[known]}` },
  );
}

async function list(modelId: string, session: Session): Promise<ExitCode> {
  const { ports } = await session.open();
  const { readLabelMaterial, surveyLabels } = await import('../../shared/operations/survey-labels.ts');
  const model = await ports.lineage.getModel(modelId);
  if (model === undefined) throw await unknownModel(modelId, ports);
  const survey = surveyLabels(model, await readLabelMaterial(model, ports), ports);
  const result = commandResult('labels', {
    model: modelId,
    labels: [...survey.labels],
    held: [...survey.held],
    leftOpen: survey.leftOpen,
    change: null,
    dryRun: false,
    before: null,
    changes: changesOf(model),
  });
  await session.output.result(result, labelLines(result, kindOf(model, ports).words, session.stackOption));
  return exitCodes.done;
}

async function change(modelId: string, wish: LabelWish, dryRun: boolean, session: Session): Promise<ExitCode> {
  const { ports } = await session.open();
  const { changeLabels } = await import('../../shared/operations/change-labels.ts');
  const { model, before, after } = await changeLabels({ modelId, wish, by: person(), dryRun }, ports);
  const result = commandResult('labels', {
    model: modelId,
    labels: [...after.labels],
    held: [...after.held],
    leftOpen: after.leftOpen,
    change: labelChangesOf(model).at(-1) ?? null,
    dryRun,
    before: { labels: [...before.labels], held: [...before.held], leftOpen: before.leftOpen },
    changes: changesOf(model),
  });
  await session.output.result(result, changedLabelLines(result, kindOf(model, ports).words));
  session.output.say(
    dryRun
      ? 'Nothing was changed: give the same command without --dry-run.'
      : `Next: ratchet run ${modelId}${session.stackOption}`,
  );
  return exitCodes.done;
}

function changesOf({ changes }: Parameters<typeof labelChangesOf>[0]): CommandResult<'labels'>['changes'] {
  return changes.flatMap((one) => (one.what === 'labels' ? [{ at: one.at, by: one.by, change: one.change }] : []));
}
