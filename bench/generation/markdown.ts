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

/** The results as a page of Markdown. */
export function markdown(results: readonly CorpusResult[], facts: PageFacts, random: RandomStream): string {
  return [
    '# Generation: what one run brings',
    '',
    results.every(({ trainer }) => trainer === nearestBackEnd)
      ? 'Trainer `nearest`, which needs no language model: it answers with the right output of the most similar example, and so never says what no example says. It is no reasoner, and has no way to become one.'
      : `Trainer ${[...new Set(results.map(({ trainer }) => `\`${trainer}\``))].join(', ')}.`,
    '',
    ...corpora.flatMap(({ name, title, about }) => {
      const own = results.filter(({ corpus }) => corpus === name).sort((a, b) => a.seed - b.seed);
      return own.length === 0
        ? []
        : [`## ${title}`, '', about, '', ...lead(own, random), '', ...rows(own), '', ...kept(own)];
    }),
    '## What is measured',
    '',
    'Each seed deals the texts anew. The model begins with its examples, the traces come in with what is right, and the loop runs once with a model’s own settings. `all` is trained on the examples and every trace’s right output,',
    'nothing filtered, with the configuration of the first checkpoint. Fresh texts are seen by no stage. A share of right answers has its 95 % Wilson interval; differences are paired by text, over seeds and texts (bootstrap).',
    '',
    `\`${facts.command}\` · ${facts.versions} · ${facts.machine} · ${(results.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) / 60).toFixed(1)} CPU minutes. \`DIR\` holds \`snips/\` and \`gsm8k/\`.`,
    '',
  ].join('\n');
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
