import { wilsonInterval } from '../../shared/domain/base/statistics.ts';
import { formatCount, percent } from '../../shared/domain/base/wording.ts';
import type { Quality } from './measure-quality.ts';
import type { Speed } from './measure-speed.ts';

interface Measured {
  readonly set: string;
  readonly judged: number;
  readonly seed: number;
  readonly all: readonly Quality[];
}

/** The results as a page. */
export function propagationPage(quality: readonly Measured[], speed: readonly Speed[]): string {
  const seeds = [...new Set(quality.map(({ seed }) => seed))].join(', ');
  return `# Propagation

What people say of one trace is carried over to traces that are much like it and that nobody has judged: \`npm run bench:propagation -- --data DIR\`.
The threshold is fitted per model: the smallest similarity whose Wilson lower bound of agreement, on judged pairs that are no near-duplicates,
reaches 0.95 on 200 pairs or more, and at least 0.5.

## How right, and how far

500 random traces are corrected, in all of CLINC150 (150 intents) and SNIPS (7 intents), while other traces are judged, and the rest is not. Seeds ${seeds}; precision over
all pairs of a correction and what it reaches, lowest of any seed beside it; reach is traces that one correction reaches.

| set | judged | method | threshold | precision | worst seed | reach |
| --- | --- | --- | --- | --- | --- | --- |
${rowsOf(quality).join('\n')}

Fixed thresholds are cosines: of words and character n-grams together, which the fitted one goes by too, and of words alone. Where judged pairs are too few, only texts of the same words get what was said.

## How fast

Real texts of CLINC150, up to three words of each exchanged, so that most have many neighbours; 200 searches. CPU time is the mean of a search;
the median and the 95th percentile are of the time that passed.

| texts | threshold | index made in | its arrays | found | CPU | median | p95 |
| --- | --- | --- | --- | --- | --- | --- | --- |
${speed.map(speedRow).join('\n')}
`;
}

function rowsOf(quality: readonly Measured[]): readonly string[] {
  const cells = Map.groupBy(quality, ({ set, judged }) => `${set} | ${formatCount(judged)}`);
  return [...cells].flatMap(([cell, runs]) =>
    (runs[0]?.all ?? []).map(({ method }) => {
      const own = runs.flatMap(({ all }) => all.filter((one) => one.method === method));
      const sum = (value: (one: Quality) => number) => own.reduce((total, one) => total + value(one), 0);
      const [right, propagated] = [sum((one) => one.right), sum((one) => one.propagated)];
      const { lower, upper } = wilsonInterval(right, propagated);
      const precision =
        propagated === 0 ? '–' : `${percent(right / propagated)} (${percent(lower)} – ${percent(upper)})`;
      const worst = Math.min(...own.map((one) => (one.propagated === 0 ? 1 : one.right / one.propagated)));
      const reach = (sum((one) => one.reach) / own.length).toFixed(2);
      return `| ${cell} | ${method} | ${thresholdsOf(own)} | ${precision} | ${percent(worst)} | ${reach} |`;
    }),
  );
}

function thresholdsOf(own: readonly Quality[]): string {
  const fitted = own.flatMap((one) => (one.fitted === null ? [] : [one.fitted.threshold]));
  if (fitted.length === 0) return '0.80';
  const [least, most] = [Math.min(...fitted).toFixed(2), Math.max(...fitted).toFixed(2)];
  return least === most ? least : `${least} – ${most}`;
}

function speedRow({ texts, threshold, build, megabytes, found, cpu, median, p95 }: Speed): string {
  const cells = [formatCount(texts), threshold.toFixed(2), `${build.toFixed(1)} s`, `${Math.round(megabytes)} MB`];
  return `| ${[...cells, found.toFixed(0), ms(cpu), ms(median), ms(p95)].join(' | ')} |`;
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}
