import { cautions, decisions, seed } from './plan.ts';
import type { Promoted } from './simulate.ts';
import { cautionTables, exactTable, fallingTable, marginTable, missedTargets } from './tables.ts';

/** docs/benchmarks/gate.md. */
export function gateReport(results: readonly Promoted[], falling: readonly Promoted[]): string {
  const missed = cautions.map(({ name }) => {
    const lines = missedTargets(results, name);
    return lines.length === 0
      ? `- **${name}**: met everywhere.`
      : `- **${name}**: missed in ${lines.length} of 27 places.\n${lines.map((line) => `  - ${line}`).join('\n')}`;
  });
  return `# The gate on candidates whose worth is known

\`npm run bench:gate\` plants candidates that are worse, as good, or better than the champion by a known number of points, and puts each to the whole gate
${decisions.toLocaleString('en')} times (seed ${seed}): 500, 1,000 and 2,000 independent records, 20 labels of the same size, the older half frozen by the preceding promotion.
"5 % change" means that champion and candidate differ on 5 of 100 records; a candidate that is half a point worse then gains 2.25 % and loses 2.75 %.
Each cell is the share of decisions that promoted, with its Wilson interval of 95 %.

**Wanted**: candidates 0.5, 1 and 2 points worse are promoted in at most 5, 1 and 0 % of the decisions.

${missed.join('\n')}

What the measured shares miss by is partly the chance of ${decisions.toLocaleString('en')} decisions. The exact chances of the gain rule alone with the margin of 0.25 points (the other rules
hardly matter to candidates that lose on all labels alike) are:

${exactTable()}

- **Half a point worse** is held to 5 % at every size, since half a point lies beyond the margin: whatever is worse than the margin passes at most one time in twenty.
- **One point worse** is held to 1 % but for 500 records of which 10 % change (1.4 %): the standard error of the gain is 1.4 points there, more than what is to be seen.
  \`strict\` holds it, and promotes a candidate that is one point better 13 times in 100 instead of 19.
- **Two points worse** is never quite impossible: one time in 540 at 500 records of which 10 % change, fewer than one in 30,000 at 2,000.
- **As good** is promoted 8 to 20 times in 100: the margin takes a candidate that has gained more than it lost for good enough. That is what it costs to promote what is half a point better.
- **Little better on few records** is not seen: with 500 records of which 5 % change the gate promotes one in three candidates that are a point better, three in four that are two points better.
- A run that puts several candidates to the gate has as many chances to err: with six of them at most six times these shares, less where they resemble each other.

${cautionTables(results)}

## What a wider margin costs and brings

Over the three rates of change alike; \`strict\` is McNemar's test at 0.05. Each step buys better candidates with worse ones. From \`strict\` to 0.25 points
the gate promotes about twice as many that are half a point better and 1.2 to 1.7 times as many that are a point better, and of those half a point worse up to 2.5 % instead of 1.1 %.
At 0.5 points the latter reach the target's 5 %, at 1 point they are far beyond it.

${marginTable(results)}

![Candidates promoted that are 1 point better against those 0.5 points worse, by margin](gate-margins.svg)

## One label falls under a better total

A candidate a point better in all (5 % change), which loses part of one label of 20 and gains it elsewhere; \`normal\` caution. With 500 records a label has 25, and losing 5 of
them is no proof among 20 labels: the label is named in the verdict as falling without proof. Who cannot bear that calls the label \`critical\`, and then it may lose nothing net.

${fallingTable(falling)}

## What this does not say

Records are drawn independently. Fold models share three quarters of what they learn, so that their errors go together more than these; near-duplicates count once, which takes out most of it.
Only the preceding promotion is on record here, and the candidate's losses fall on old and new records alike.
`;
}
