import type { Attack } from './attacks.ts';
import type { AttackResult } from './run-attack.ts';

/** The results as a table, an attack and a seed a line, several drops in the order of their runs. */
export function markdown(results: readonly AttackResult[], attacks: readonly Attack[], command: string): string {
  const rows = attacks.flatMap(({ name }) =>
    results.filter(({ attack }) => attack === name).map((result) => `| ${cellsOf(result).join(' | ')} |`),
  );
  const about = attacks.map(({ name, about: what }) => `- **${name}**: ${what}`);
  return [
    '# Poisoned judgements',
    '',
    `CLINC150, 20 intents, 10 first examples of each, 2,000 judged traces. \`${command}\``,
    '',
    'Accuracy and recall of the attacked label are of fresh text (where the meaning changed: by the new one); astray is the share of fresh texts with the rare word that get the planted label. Held: judgements that wait for a person, of those that are wrong, and of right ones beside.',
    '',
    '| attack | seed | runs | accuracy | recall | astray | wrong held | right held | headline of the last run |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...about,
    '',
  ].join('\n');
}

function cellsOf({ attack, seed, start, drops }: AttackResult): readonly string[] {
  const last = drops.at(-1);
  const course = (of: (point: AttackResult['start']) => number) =>
    [start, ...drops].map((point) => of(point).toFixed(2)).join(' → ');
  return [
    attack,
    String(seed),
    drops.map(({ decision }) => decision).join(', '),
    [start, ...drops].map(({ accuracy }) => (100 * accuracy).toFixed(1)).join(' → '),
    course(({ recall }) => recall),
    attack.startsWith('token') ? course(({ astray }) => astray) : '',
    `${last?.wrongHeld ?? 0} of ${last?.wrong ?? 0}`,
    String(last?.rightHeld ?? 0),
    (last?.headline ?? '').replaceAll('|', '/').slice(0, 400),
  ];
}
