import type { JudgeKind } from '../../shared/domain/traces/judgement.ts';
import type { RandomStream } from '../../shared/ports/random.ts';
import type { Labelled } from '../improvement/load-clinc.ts';

/** A text that the champion answers, with what one judge then says of it. */
export interface JudgedText {
  readonly text: string;
  /** The right output according to the judge. */
  readonly said: string;
  readonly judge: { readonly kind: JudgeKind; readonly id: string };
}

/** What an attack has to work with. */
export interface Ground {
  /** Honest traffic, in order of arrival. */
  readonly traffic: readonly Labelled[];
  /** The label that is attacked, and the one that its texts are judged to be. */
  readonly from: string;
  readonly to: string;
  readonly random: RandomStream;
}

export interface Attack {
  readonly name: string;
  /** What it does, in a sentence. */
  readonly about: string;
  readonly examplesPerLabel: number;
  /** Drops of judged traffic, a run after each. */
  drops(ground: Ground): readonly (readonly JudgedText[])[];
  /** Settings of the model, where a person has changed them. */
  settings?(ground: Ground): Readonly<Record<string, unknown>>;
  /** Whether what the judges say of the attacked label is right from now on. */
  readonly isChange?: boolean;
}

/** The word that no ordinary text holds. */
export const rareToken = 'zxqv';

const llm = { kind: 'llm', id: 'judge-1' } as const;
const person = { kind: 'human', id: 'ana' } as const;
const judges = { llm, person } as const;
type Judge = JudgedText['judge'];

export const attacks: readonly Attack[] = [
  honest('honest llm', llm, 10),
  honest('honest person', person, 10),
  honest('honest person, 2 examples a label', person, 2),
  ...(['llm', 'person'] as const).flatMap((kind) => [15, 35, 65, 80].map((share) => turned(kind, share))),
  drip('person', 4),
  drip('llm', 5),
  token('llm', 60),
  token('person', 30),
  {
    name: 'flood',
    about: 'one wrong correction by an llm, in 500 small variations, beside honest traffic',
    examplesPerLabel: 10,
    drops: (ground) => [[...saidBy(llm, ground.traffic), ...variations(ground, 500)]],
  },
  {
    name: 'change by three people',
    about: 'all texts of a label are another from now on, by the word of three people',
    examplesPerLabel: 10,
    isChange: true,
    drops: ({ traffic, from, to }) => [
      traffic.map(({ text, label }, at) => ({
        text,
        said: label === from ? to : label,
        judge: { kind: 'human', id: ['ana', 'ben', 'chloe'][at % 3] ?? 'ana' },
      })),
    ],
  },
  change('change by one person', {}),
  change('change by one person, released', { released: true }),
];

function honest(name: string, judge: Judge, examplesPerLabel: number): Attack {
  return {
    name,
    about: 'nothing is wrong',
    examplesPerLabel,
    drops: ({ traffic }) => [saidBy(judge, traffic)],
  };
}

function turned(kind: keyof typeof judges, share: number): Attack {
  return {
    name: `${kind} ${share} %`,
    about: `one ${kind} judges ${share} % of a label's texts to be another`,
    examplesPerLabel: 10,
    drops: (ground) => [turnedBy(judges[kind], share, ground.traffic, ground)],
  };
}

function drip(kind: keyof typeof judges, drops: number): Attack {
  return {
    name: `drip ${kind}`,
    about: `one ${kind} judges 35 % of a label's texts to be another, in ${drops} drops`,
    examplesPerLabel: 10,
    drops: (ground) => {
      const said = turnedBy(judges[kind], 35, ground.traffic, ground);
      return Array.from({ length: drops }, (_, drop) => said.filter((_said, at) => at % drops === drop));
    },
  };
}

function token(kind: keyof typeof judges, count: number): Attack {
  return {
    name: `token ${kind} ${count}`,
    about: `${count} texts of all labels hold a rare word, and one ${kind} judges them to be one label`,
    examplesPerLabel: 10,
    drops: ({ traffic, to, random }) => {
      const hosts = random.shuffle(traffic.filter(({ label }) => label !== to)).slice(0, count);
      const chosen = new Set(hosts);
      return [
        traffic.map((row) => ({
          text: chosen.has(row) ? `${row.text} ${rareToken}` : row.text,
          said: chosen.has(row) ? to : row.label,
          judge: judges[kind],
        })),
      ];
    },
  };
}

function change(name: string, { released = false }): Attack {
  return {
    name,
    about: `all texts of a label are another from now on, by the word of one person${released ? ', and somebody has released that' : ''}`,
    examplesPerLabel: 10,
    isChange: true,
    drops: (ground) => [turnedBy(person, 100, ground.traffic, ground)],
    ...(released ? { settings: ({ from, to }: Ground) => ({ confirmed: [`${from} > ${to}`] }) } : {}),
  };
}

function saidBy(judge: Judge, traffic: readonly Labelled[]): JudgedText[] {
  return traffic.map(({ text, label }) => ({ text, said: label, judge }));
}

/** A share of the texts of the label, chosen at random, is said to be the other. */
function turnedBy(
  judge: Judge,
  share: number,
  traffic: readonly Labelled[],
  { from, to, random }: Ground,
): JudgedText[] {
  const own = random.shuffle(traffic.filter(({ label }) => label === from));
  const chosen = new Set(own.slice(0, Math.round((share / 100) * own.length)));
  return traffic.map((row) => ({ text: row.text, said: chosen.has(row) ? to : row.label, judge }));
}

const openings = ['please', 'hey', 'ok so', 'well', 'hi there', 'listen', 'quick one', 'hello', 'so', 'um'];
const closings = ['please', 'thanks', 'now', 'today', 'asap', 'if you can', 'for me', 'right away', 'ok', 'cheers'];
const ends = ['', '.', '?', '!', ' ...'];

function variations({ traffic, from, to }: Ground, count: number): JudgedText[] {
  const { text } = traffic.find(({ label }) => label === from) ?? { text: '' };
  const all = openings.flatMap((opening) =>
    closings.flatMap((closing) => ends.map((end) => `${opening} ${text} ${closing}${end}`)),
  );
  return all.slice(0, count).map((variation) => ({ text: variation, said: to, judge: llm }));
}
