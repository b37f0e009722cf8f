import { nearestBackEnd } from '../../shared/adapters/backends/nearest/facts.ts';
import { wilsonScore } from '../../shared/domain/base/wilson.ts';
import type { RandomStream } from '../../shared/ports/random.ts';
import { unpackRights } from '../adaptft/arms/rights.ts';
import { pairedDifference } from '../adaptft/results/bootstrap.ts';
import { table } from '../adaptft/results/markdown-table.ts';
import { interval, percent } from '../adaptft/results/wording.ts';
import type { PageFacts } from '../weak-tagger/markdown.ts';
import { corpora } from './deals.ts';
import type { CorpusResult, Measured } from './run-corpus.ts';

/** What trainers are, for those who read the figures. */
const trainers: Readonly<Record<string, string>> = {
  [nearestBackEnd]:
    'It needs no language model: it answers with the right output of the most similar example, and so never says what no example says. It is no reasoner, and has no way to become one.',
  'hf-lora':
    'A causal decoder is taught by low-rank changes, and writes the likeliest token each time. The foundation is SmolLM2-135M-Instruct, from weights of four bits, on two cores without an accelerator: hence few texts.',
};

/** The results as a page of Markdown, a chapter for each way in which the command was given. */
export function markdown(results: readonly CorpusResult[], facts: PageFacts, random: RandomStream): string {
  return [
    '# Generation: what one run brings',
    '',
    ...[...Map.groupBy(results, ({ trainer, setup }) => `${trainer} ${setup}`).values()].flatMap((own) =>
      chapter(own, facts, random),
    ),
    '## What is measured',
    '',
    'Each seed deals the texts anew. The model begins with its examples, the traces come in with what is right, and the loop runs once with a model’s own settings, but for those that the command names. `all` is trained on the examples and',
    'every trace’s right output, nothing filtered, with the configuration of the first checkpoint. Fresh texts are seen by no stage. A share of right answers has its 95 % Wilson interval; differences are paired by text, over seeds and texts',
    '(bootstrap).',
    '',
    `${facts.versions} · ${facts.machine}. \`DIR\` holds \`snips/\` and \`gsm8k/\`, or a foundation.`,
    '',
  ].join('\n');
}

function chapter(results: readonly CorpusResult[], { command }: PageFacts, random: RandomStream): string[] {
  const [{ trainer, setup } = { trainer: '', setup: '' }] = results;
  const minutes = results.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) / 60;
  return [
    `## Trainer \`${trainer}\``,
    '',
    ...(trainers[trainer] === undefined ? [] : [trainers[trainer], '']),
    ...corpora.flatMap(({ name, title, about }) => {
      const own = results.filter(({ corpus }) => corpus === name).sort((a, b) => a.seed - b.seed);
      const [one] = own;
      return one === undefined
        ? []
        : [
            `### ${title}`,
            '',
            about({ examples: one.examples, fresh: one.before.of }),
            '',
            ...lead(own, random),
            '',
            ...rows(own),
            '',
            ...kept(own),
          ];
    }),
    `\`${[command, setup].filter((part) => part !== '').join(' ')}\` · ${minutes.toFixed(1)} CPU minutes.`,
    '',
  ];
}

function lead(own: readonly CorpusResult[], random: RandomStream): string[] {
  const gain = pairedDifference(
    own.map(({ before, after }) => ({ a: rights(after), b: rights(before) })),
    random,
  );
  const beside = pairedDifference(
    own.map(({ after, all }) => ({ a: rights(after), b: rights(all) })),
    random,
  );
  return [
    `**Right on fresh texts: ${percent(mean(own, 'before'))} % → ${percent(mean(own, 'after'))} %, points gained ${interval(gain)}; less \`all\` ${interval(beside)}.**`,
  ];
}

function rows(own: readonly CorpusResult[]): string[] {
  const metric = own[0]?.before.metric.name ?? '';
  // Where the metric is the share that is right, it stands there already.
  const isShare = own.every(({ before }) => before.metric.value === before.right / before.of);
  return table(
    [
      'seed',
      'examples',
      'traces',
      'right among them',
      'decision',
      'before',
      'after',
      '`all`',
      ...(isShare ? [] : [`${metric}: before → after, \`all\``]),
    ],
    own.map(({ seed, examples, traces, tracesRight, decision, before, after, all }) => [
      String(seed),
      String(examples),
      String(traces),
      `${percent(tracesRight / Math.max(1, traces))} %`,
      decision,
      cell(before),
      cell(after),
      cell(all),
      ...(isShare
        ? []
        : [`${percent(before.metric.value)} → ${percent(after.metric.value)}, ${percent(all.metric.value)} %`]),
    ]),
  );
}

function kept(own: readonly CorpusResult[]): string[] {
  return own
    .filter(({ decision }) => decision === 'kept')
    .flatMap(({ seed, headline }) => [`Seed ${seed} kept its champion: ${headline}`, '']);
}

function cell({ right, of }: Measured): string {
  const { lower, upper } = wilsonScore(right, of);
  return `${right} of ${of}: ${percent(right / of)} % [${percent(lower)}, ${percent(upper)}]`;
}

function mean(own: readonly CorpusResult[], at: 'before' | 'after'): number {
  return own.reduce((sum, one) => sum + one[at].right / one[at].of, 0) / own.length;
}

function rights({ rights: packed, of }: Measured): boolean[] {
  return unpackRights(packed, of);
}
