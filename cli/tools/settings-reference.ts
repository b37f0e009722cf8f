import { settingFacts, showSetting } from '../../shared/domain/models/setting-facts.ts';

/** docs/settings.md: every setting of a model with its default, range and meaning. */
export function settingsReference(): string {
  const rows = settingFacts.map(({ name, range, meaning, ...facts }) => [
    `\`${name}\``,
    showSetting(facts.default),
    range,
    meaning,
  ]);
  return [
    '# Settings of a model',
    'Generated from the program by `npm run schemas`. `ratchet settings MODEL` shows what a model has, `ratchet settings MODEL name=value` changes it, `ratchet settings MODEL --unset name` gives it its default again. Rates and shares are fractions.',
    'A run pins the settings when it begins: a change counts from the next run on. Every change is entered in the model’s record, with who made it and when.',
    [['setting', 'default', 'range', 'meaning'], ['---', '---', '---', '---'], ...rows]
      .map((cells) => `| ${cells.join(' | ')} |`)
      .join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}
