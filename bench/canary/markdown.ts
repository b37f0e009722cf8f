import { canaries, judges, type Planted, shadows, worths } from './planted.ts';
import type { Outcome } from './simulate.ts';

export interface Results {
  readonly shadows: readonly Outcome[];
  readonly picked: readonly Outcome[];
  readonly canaries: readonly Outcome[];
}

/** docs/benchmarks/canary.md. */
export function canaryReport(results: Results, promotions: number, enough: number, seed: number): string {
  const count = promotions.toLocaleString('en');
  return `# Promotions whose worth is known, watched

\`npm run bench:canary\` plants promotions that are better, as good, or worse than the champion before by a known number of points, draws traffic and judgements for each, and looks at it again and again as a server does:
after every 20 judged traces at first, from 200 on after a tenth more, up to ${enough.toLocaleString('en')} (the setting \`watchFor\`). ${count} promotions a cell (seed ${seed}); the share that was moved back, with its Wilson interval of 95 %,
and the judged traces that it took: the middle one, and the 95th of a hundred. The test and its source: [ADR 48](../adr/0048-a-new-champion-is-watched.md).

**Wanted**: truly worse is moved back in at least 95 %, as good or better in at most 5 %.

## Shadow: both answer what is judged

The new champion is right in 88 %. "6 % change" means that the two differ in right and wrong on 6 of 100 traces. All answers are judged.

${shadowTable(results.shadows)}

- As good or better is moved back in fewer than 5 %, though it is looked at up to 40 times: the bound holds for any number of looks.
- **What is worse by 5 points is always moved back, and by 3 points in at least 95 %.** 1 point is mostly not proven over ${enough.toLocaleString('en')}: it takes several times as many. The champion then stays, and the record says what was found.

## Who judges

5 points worse or not, 6 % change. Where judgements are picked by what the champion answered, traces that only its predecessor has right are too many among them. How much so at most follows from how many answers are judged; so much is taken for granted.

${pickedTable(results.picked)}

- No way of picking moves back a champion that is as good or better.
- The price: where one in five is judged, even at random, a shadow proves 5 points far from always, and not at all where nearly all that is judged is wrong. A canary or more judgements do.

## Canary: each answers traces of its own, chosen by lot

The new champion is right in 88 %, 10 % change. Wrong answers are counted by who gave them, and of judged traces of which the right answer is known both models are asked. Who judges all answers, or one in five, says what is right; who complains does not.

${canaryTable(results.canaries)}

- **5 points are found in nearly all promotions at the usual share of 20 %**, where the right answers are known. By wrong answers alone it was 57 % within 2,000: two samples say less than pairs. 3 points are found in most, and not in 95 %: with 4,000 judged traces (\`watchFor\`) it is 97 %, or take a larger share (\`canaryShare\`).
- A canary counts as much where one in five is judged as where all are: it does not mind who judges what, as long as it is not known who answered. It only takes five times as long.
- Judged traces are those of both. Where nothing but wrong answers is judged, there are fewer of them, and each says more.

## What this does not say

Records are drawn independently, and the worth of a champion stays what it is. Judgements are right. Near-duplicates count once in the product, which is what makes independence plausible.
`;
}

function shadowTable(results: readonly Outcome[]): string {
  const churns = [...new Set(shadows.map(({ churn }) => churn))];
  const rows = worths.map((worse) => [
    worthOf(worse),
    ...churns.map((churn) => cellOf(results.find(({ planted }) => planted.worse === worse && planted.churn === churn))),
  ]);
  return table(['In truth', ...churns.map((churn) => `${100 * churn} % change`)], rows);
}

function pickedTable(results: readonly Outcome[]): string {
  const heads = [...new Set(results.map(({ planted }) => planted.worse))];
  const rows = judges.map(({ who, judged }) => [
    who,
    ...heads.map((worse) =>
      cellOf(results.find((one) => isJudged(one.planted, judged) && one.planted.worse === worse)),
    ),
  ]);
  return table(['Judged are', ...heads.map(worthOf)], rows);
}

function canaryTable(results: readonly Outcome[]): string {
  const columns = [...new Map(canaries.map((one) => [`${one.who} ${one.share}`, one])).values()];
  const heads = columns.map(({ who, share }) => `${100 * share} % of requests; judged: ${who}`);
  const rows = [...new Set(canaries.map(({ worse }) => worse))].map((worse) => [
    worthOf(worse),
    ...columns.map(({ judged, share }) =>
      cellOf(
        results.find(({ planted }) => isJudged(planted, judged) && planted.share === share && planted.worse === worse),
      ),
    ),
  ]);
  return table(['In truth', ...heads], rows);
}

function isJudged(planted: Planted, judged: Planted['judged']): boolean {
  return planted.judged.right === judged.right && planted.judged.wrong === judged.wrong;
}

function worthOf(worse: number): string {
  if (worse === 0) return 'as good';
  const points = Math.round(100 * Math.abs(worse));
  return `${points} ${points === 1 ? 'point' : 'points'} ${worse < 0 ? 'better' : 'worse'}`;
}

function cellOf(outcome: Outcome | undefined): string {
  if (outcome === undefined) return '—';
  const { share, lower, upper, median, late } = outcome;
  const after = median === null ? '' : `; after ${median}${late === null ? '' : `, ${late}`}`;
  return `${(100 * share).toFixed(1)} % [${(100 * lower).toFixed(1)}, ${(100 * upper).toFixed(1)}]${after}`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
