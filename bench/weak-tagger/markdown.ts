import { table } from '../adaptft/results/markdown-table.ts';
import type { StartResult } from './run-start.ts';
import { starts } from './starts.ts';

export interface PageFacts {
  readonly command: string;
  readonly machine: string;
  readonly versions: string;
}

/** F1 on fresh text that a run should reach, and the part of right traces that it may lose. */
const wanted = { f1: 0.8, lost: 0.01 };

/** The results as a page of Markdown. */
export function markdown(results: readonly StartResult[], facts: PageFacts): string {
  return [
    '# Weak taggers: what one run makes of them',
    '',
    ...starts.flatMap(({ name, about }) => {
      const own = results.filter(({ start }) => start === name).sort((a, b) => a.seed - b.seed);
      return own.length === 0 ? [] : [`## ${name}`, '', about, '', answer(own), '', ...rows(own), ''];
    }),
    '## What is measured',
    '',
    'Slots of SNIPS (Coucke et al. 2018). A tagger begins with a few sentences of the train files and answers 3,000 others; a person says what is right; the loop runs once, with a model’s own settings. F1 is micro-averaged',
    'over entities right in type and place, on the validate files, which no stage sees. Spurious: entities answered that are none, wrong types and boundaries included; missed the other way round. Texts right have every entity',
    'right. “Lost of right” is out of fold on the traffic, as the gate counts: of the champion’s right traces those that the candidate has wrong; “of all traces” has all traces beneath the line.',
    '',
    `\`${facts.command}\` · ${facts.versions} · ${facts.machine} · ${(results.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) / 60).toFixed(0)} CPU minutes. \`DIR\` holds \`snips/\`.`,
    '',
  ].join('\n');
}

function answer(own: readonly StartResult[]): string {
  const reached = own.filter(({ after }) => after.f1 >= wanted.f1).length;
  const within = (share: (one: StartResult) => number): number => own.filter((one) => share(one) <= wanted.lost).length;
  return (
    `**F1 ${three(mean(own.map(({ before }) => before.f1)))} → ${three(mean(own.map(({ after }) => after.f1)))} on average; ${reached} of ${own.length} seeds end at ${wanted.f1.toFixed(2)} or more.** ` +
    `Of the traces that were right ${percent(mean(own.map(lostOfRight)))} are lost on average: ${within(lostOfRight)} of ${own.length} seeds lose at most 1 % of them, ${within(lostOfAll)} of ${own.length} at most 1 % of all traces.`
  );
}

function rows(own: readonly StartResult[]): string[] {
  return table(
    [
      'seed',
      'decision',
      'F1',
      'spurious',
      'missed',
      'fresh texts right',
      'fresh lost',
      'lost of right',
      'lost of all traces',
      'gained',
    ],
    own.map((one) => [
      String(one.seed),
      one.decision,
      `${three(one.before.f1)} → ${three(one.after.f1)}`,
      `${one.before.spurious} → ${one.after.spurious}`,
      `${one.before.missed} → ${one.after.missed}`,
      `${one.before.right} → ${one.after.right} of ${one.before.of}`,
      `${one.freshLost} of ${one.before.right}`,
      one.gate === null ? '' : `${one.gate.lost} of ${one.rightBefore}: ${percent(lostOfRight(one))}`,
      percent(lostOfAll(one)),
      String(one.gate?.gained ?? 0),
    ]),
  );
}

function lostOfRight({ gate, rightBefore }: StartResult): number {
  return gate === null || rightBefore === 0 ? 0 : gate.lost / rightBefore;
}

function lostOfAll({ gate }: StartResult): number {
  return gate === null || gate.of === 0 ? 0 : gate.lost / gate.of;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function three(value: number): string {
  return value.toFixed(3);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
