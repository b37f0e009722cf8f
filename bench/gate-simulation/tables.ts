import { chanceOfGain } from './exact.ts';
import { cautions, churns, margins, normalMargin, sizes, targets } from './plan.ts';
import type { Planted } from './planted.ts';
import type { Promoted } from './simulate.ts';

/** One table a caution: the share promoted, with its interval, by truth, records and churn. */
export function cautionTables(results: readonly Promoted[]): string {
  const truths = [...new Set(results.map(({ planted }) => planted.better))].sort((a, b) => a - b);
  const columns = sizes.flatMap((pairs) => churns.map((churn) => ({ pairs, churn })));
  return cautions
    .map(({ name }) => {
      const rows = truths.map((better) => {
        const cells = columns.map((column) => {
          const found = results.find((one) => one.gate === name && isAt(one.planted, { ...column, better }));
          return found === undefined ? '—' : cellOf(found);
        });
        return [truthOf(better), ...cells];
      });
      return `### caution = ${name}\n\n${table(['In truth', ...columns.map(headOf)], rows)}`;
    })
    .join('\n\n');
}

/** The exact chances of the gain rule alone, with `normal` caution, for the candidates that have a target. */
export function exactTable(): string {
  const columns = sizes.flatMap((pairs) => churns.map((churn) => ({ pairs, churn, falling: 0 })));
  const rows = [...targets].map(([better, target]) => [
    truthOf(better),
    percent(target),
    ...columns.map((column) => `${(100 * chanceOfGain({ ...column, better }, normalMargin)).toFixed(3)} %`),
  ]);
  return table(['In truth', 'wanted, at most', ...columns.map(headOf)], rows);
}

/** What each margin lets through of the worse and of the better, by records, over all churns. */
export function marginTable(results: readonly Promoted[]): string {
  const truths = [-0.01, -0.005, 0.005, 0.01, 0.02];
  const gates = [...margins, ...cautions.filter(({ caution }) => caution === 'strict')];
  const rows = sizes.flatMap((pairs) =>
    gates.map(({ name, caution }) => [
      thousands(pairs),
      caution === 'strict' ? 'strict' : `${name} ${name === '1' ? 'point' : 'points'}`,
      ...truths.map((better) => {
        const alike = results.filter(
          (one) => one.gate === name && one.planted.pairs === pairs && one.planted.better === better,
        );
        return percent(alike.reduce((sum, { share }) => sum + share, 0) / alike.length);
      }),
    ]),
  );
  return table(['Records', 'Margin', ...truths.map(truthOf)], rows);
}

/** How often a candidate that loses part of one label is promoted, though better in all. */
export function fallingTable(results: readonly Promoted[]): string {
  const shares = [...new Set(results.map(({ planted }) => planted.falling))];
  const rows = shares.map((falling) => [
    `${100 * falling} % of it`,
    ...sizes.map((pairs) => {
      const found = results.find(({ planted }) => planted.falling === falling && planted.pairs === pairs);
      return found === undefined ? '—' : cellOf(found);
    }),
  ]);
  return table(['Lost of one label of 20', ...sizes.map((pairs) => `${thousands(pairs)} records`)], rows);
}

/** Where a caution promotes more of the worse candidates than the target, by its measured share; a line each. */
export function missedTargets(results: readonly Promoted[], caution: string): string[] {
  return results.flatMap((one) => {
    const target = targets.get(one.planted.better);
    if (one.gate !== caution || target === undefined || one.share <= target) return [];
    const { better, pairs, churn } = one.planted;
    return [`${truthOf(better)}, ${headOf({ pairs, churn })}: ${cellOf(one)}, ${percent(target)} wanted`];
  });
}

function isAt(planted: Planted, asked: Omit<Planted, 'falling'>): boolean {
  return planted.better === asked.better && planted.pairs === asked.pairs && planted.churn === asked.churn;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function headOf({ pairs, churn }: Pick<Planted, 'pairs' | 'churn'>): string {
  return `${thousands(pairs)} records, ${100 * churn} % change`;
}

function truthOf(better: number): string {
  if (better === 0) return 'as good';
  const points = 100 * Math.abs(better);
  return `${points} ${points === 1 ? 'point' : 'points'} ${better < 0 ? 'worse' : 'better'}`;
}

function cellOf({ share, lower, upper }: Promoted): string {
  return `${percent(share)} [${(100 * lower).toFixed(1)}, ${(100 * upper).toFixed(1)}]`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function thousands(count: number): string {
  return count.toLocaleString('en');
}
