import type { CorpusResult } from './measure-corpus.ts';

/** The results as one table. */
export function taggerTable(results: readonly CorpusResult[]): string[] {
  return [
    '| set | train / test, types | F1 Ratchet (seeds) | F1 sklearn-crfsuite | partial F1 | fit, CPU s | predict, ms a text |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...results.map(({ corpus, train, test, types, ratchet, crfsuite }) => {
      const f1s = ratchet.map(({ scores }) => scores.f1);
      return [
        `| ${corpus}`,
        `${train} / ${test}, ${types}`,
        `${three(mean(f1s))} (${three(Math.min(...f1s))} – ${three(Math.max(...f1s))})`,
        three(crfsuite.scores.f1),
        `${three(mean(ratchet.map(({ scores }) => scores.nervaluatePartialF1)))} · ${three(crfsuite.scores.nervaluatePartialF1)}`,
        `${mean(ratchet.map(({ fitSeconds }) => fitSeconds)).toFixed(1)} · ${crfsuite.fitSeconds.toFixed(1)}`,
        `${mean(ratchet.map(({ predictMsPerText }) => predictMsPerText)).toFixed(2)} · ${crfsuite.predictMsPerText.toFixed(2)} |`,
      ].join(' | ');
    }),
  ];
}

/** The largest gap between the product's own F1 and seqeval's, and nervaluate's strict one. */
export function largestGap(results: readonly CorpusResult[]): number {
  return Math.max(
    ...results.flatMap(({ ratchet }) =>
      ratchet.flatMap(({ ownF1, scores }) => [
        Math.abs(ownF1 - scores.f1),
        Math.abs(ownF1 - scores.nervaluateStrictF1),
      ]),
    ),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function three(value: number): string {
  return value.toFixed(3);
}
