import { meanInterval } from '../improvement/summarise.ts';
import type { Score, Speed } from './score.ts';

const reference = 'USE-Lite';

/** The page of results, but for what was measured on what machine. */
export function markdown(results: {
  readonly scores: readonly Score[];
  readonly speeds: readonly Speed[];
  readonly perLabel: number;
}): string {
  const { scores, speeds, perLabel } = results;
  const rows = [...Map.groupBy(scores, ({ intents, foundation }) => `${intents} ${foundation}`).values()].map((own) => {
    const [first] = own;
    if (first === undefined) return '';
    const { intents, foundation } = first;
    const differences = own.map(
      ({ seed, accuracy }) =>
        accuracy -
        (scores.find((one) => one.intents === intents && one.seed === seed && one.foundation === reference)?.accuracy ??
          Number.NaN),
    );
    const against = foundation === reference ? '' : points(differences);
    const each = own.map(({ accuracy }) => (100 * accuracy).toFixed(1)).join(', ');
    return `| ${intents} | ${foundation} | ${percent(own.map(({ accuracy }) => accuracy))} | ${each} | ${against} |`;
  });
  return [
    `| intents | foundation | right, % (mean over seeds) | by seed | less ${reference}, points [95 %] |`,
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    `${perLabel} examples an intent.`,
    '',
    '| foundation | floats | texts a CPU second |',
    '| --- | --- | --- |',
    ...speeds.map(
      ({ foundation, width, textsPerCpuSecond }) => `| ${foundation} | ${width} | ${textsPerCpuSecond.toFixed(0)} |`,
    ),
    '',
  ].join('\n');
}

function percent(values: readonly number[]): string {
  return (100 * meanInterval(values).mean).toFixed(1);
}

function points(values: readonly number[]): string {
  const { mean, lower, upper } = meanInterval(values);
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(1)}`;
  return `${signed(mean)} [${signed(lower)}, ${signed(upper)}]`;
}
