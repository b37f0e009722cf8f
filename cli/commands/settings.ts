import type { Command } from 'commander';
import { z } from 'zod';
import type { Json } from '../../shared/domain/base/json.ts';
import { settingFacts, showSetting } from '../../shared/domain/models/setting-facts.ts';
import { columns } from '../columns.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { person } from '../person.ts';
import { commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';
import { settingValues } from '../setting-values.ts';

const help = `
Example:
  $ ratchet settings spam-filter
  $ ratchet settings spam-filter caution=strict critical=spam,phishing
  $ ratchet settings spam-filter --unset caution

Without assignments it lists every setting with its value, default, range and meaning; docs/settings.md has the same list.
With assignments all are changed together, or none. The change is entered in the model's record with your name. A run has
pinned the settings of its beginning: one that is going on keeps them.`;

const optionsSchema = z.object({ unset: z.array(z.string()).default([]) });

export function addSettingsCommand(program: Command, run: RunCommand): void {
  program
    .command('settings')
    .summary('show or change what runs of a model go by')
    .description('Lists the settings of a model, or changes some of them.')
    .argument('<model>', 'name of the model')
    .argument('[assignments...]', 'new values, name=value each')
    .option('--unset <name...>', 'settings that are to have their default again')
    .addHelpText('after', help)
    .action((model: string, assignments: readonly string[], options: unknown, command: Command) =>
      run(command, (session) => settings(model, assignments, optionsSchema.parse(options).unset, session)),
    );
}

async function settings(
  modelId: string,
  assignments: readonly string[],
  unset: readonly string[],
  session: Session,
): Promise<ExitCode> {
  const set = settingValues(assignments);
  const { ports } = await session.open();
  const { changeSettings } = await import('../../shared/operations/change-settings.ts');
  const { model, changed } = await changeSettings({ modelId, set, unset, by: person() }, ports);
  const asked = assignments.length + unset.length > 0;
  const active = asked ? ((await ports.lineage.getControl(modelId))?.lease?.runId ?? null) : null;
  const result = commandResult('settings', {
    model: modelId,
    settings: settingFacts.map((facts) => ({ ...facts, value: model.settings[facts.name] as Json })),
    changed: [...changed],
    changes: model.changes.flatMap(({ what, ...change }) => ('to' in change ? [change] : [])),
  });
  await session.output.result(result, asked ? changedLines(result.changed) : tableOf(result.settings));
  if (active !== null && changed.length > 0) {
    session.output.say(`Run ${active} keeps the settings that it began with; the next run goes by the new ones.`);
  }
  return exitCodes.done;
}

type Result = ReturnType<typeof commandResult<'settings'>>;

function changedLines(changed: Result['changed']): readonly string[] {
  if (changed.length === 0) return ['Nothing was changed: all is as wanted already.'];
  return changed.map(({ name, from, to }) => `${name}: ${showSetting(from)} → ${showSetting(to)}`);
}

function tableOf(all: Result['settings']): readonly string[] {
  return columns([
    ['setting', 'now', 'default', 'range', 'meaning'],
    ...all.map((one) => [one.name, showSetting(one.value), showSetting(one.default), one.range, one.meaning]),
  ]);
}
