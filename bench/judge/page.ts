import {
  type Agreement,
  agreementOf,
  alignmentOf,
  correctedRate,
} from '../../shared/domain/evaluation/judge-alignment.ts';
import type { Verdict } from '../../shared/domain/traces/judgement.ts';
import type { Pair, RecordedJudge } from './llmbar.ts';

/** How a judge's two verdicts on a pair are made one; null leaves the pair unjudged. */
const ways: Readonly<Record<string, (pair: Pair) => 1 | 2 | null>> = {
  'first order': ({ straight }) => straight,
  'second order': ({ swapped }) => swapped,
  'both orders alike': ({ straight, swapped }) => (straight === swapped ? straight : null),
};

interface Claim {
  readonly human: Verdict;
  readonly judge: Verdict;
}

/** Claims that one answer is the better: by turns of the better one, which is to pass, and of the other. */
function claimsOf(pairs: readonly Pair[], way: (pair: Pair) => 1 | 2 | null): Claim[] {
  return pairs.flatMap((pair, at): Claim[] => {
    const winner = way(pair);
    if (winner === null) return [];
    const isRight = at % 2 === 0;
    const claimed = isRight ? pair.gold : 3 - pair.gold;
    return [{ human: isRight ? 'pass' : 'fail', judge: winner === claimed ? 'pass' : 'fail' }];
  });
}

const turns = [0, 1] as const;

/** The result page. */
export function judgePage(recorded: readonly RecordedJudge[]): string {
  const alignment = recorded.flatMap(({ set, judge, pairs }) =>
    Object.entries(ways).map(([way, winner]) => alignmentRow([set, judge, way], agreementOf(claimsOf(pairs, winner)))),
  );
  const corrected = recorded.flatMap(({ set, judge, pairs }) =>
    turns.map((turn) => correctedRow([set, judge], pairs, turn)),
  );
  return `# The gate of judges

    npm run bench:judge -- --data DIR --out docs/benchmarks/judge.md

A judge that is a language model counts once it agrees with people: of what they passed and of what they failed it finds at
least 90 % each, on at least 50 of each, and with 95 % certainty (one-sided Wilson bound) neither share is below 80 %. Here the
judges are GPT-4 and ChatGPT as LLMBar recorded them (Zeng et al., *Evaluating Large Language Models at Evaluating Instruction
Following*, arXiv 2310.07641): which of two answers follows the instruction, in either order of the two. \`natural\` are 100 pairs
as people write them; in the 134 of \`neighbor\` the worse answer reads the better one and answers another question, which
misleads a judge by system. A claim is that one answer is the better one: by turns the better one, which is to pass, and the
other; begun the other way round, TPR and TNR change places. Nothing was chosen on these data: the limits are those of the design.

| set | judge | verdict | TPR | TNR | counts | why |
| --- | --- | --- | --- | --- | --- | --- |
${alignment.join('\n')}

GPT-4 on \`natural\` is let through wherever 50 passes and 50 fails are there; where its two orders differ, pairs drop out and people
have judged too few. ChatGPT is held everywhere, also where most of its verdicts are right, and so is GPT-4 on \`neighbor\`.

## Corrected rates

What share of the claims "the first answer is the better one" is true in one half of a set: counted, by the judge's verdicts as
they are, and corrected by its errors on the other half (Rogan and Gladen, with the interval of Lang and Reiczigel). A judge that
is right no more often than chance corrects nothing.

| set | judge | claims | true | by the judge | corrected | 95 % interval |
| --- | --- | --- | --- | --- | --- | --- |
${corrected.join('\n')}

The interval is what the correction is worth: with so few judged by people it is wide.
`;
}

function alignmentRow(names: readonly string[], agreement: Agreement): string {
  const { tpr, tnr, counts, why } = alignmentOf(agreement);
  const shown = ({ value, of, lower, upper }: typeof tpr) =>
    `${percent(value)} of ${of} [${percent(lower)}, ${percent(upper)}]`;
  return row([...names, shown(tpr), shown(tnr), counts ? '**yes**' : 'no', counts ? '' : why]);
}

/** People judge one half, the judge alone the other. */
function correctedRow(names: readonly string[], pairs: readonly Pair[], turn: 0 | 1): string {
  const half = Math.floor(pairs.length / 2);
  const [known, open] =
    turn === 0 ? [pairs.slice(0, half), pairs.slice(half)] : [pairs.slice(half), pairs.slice(0, half)];
  const agreement = agreementOf(
    known.map(
      ({ gold, straight }): Claim => ({
        human: gold === 1 ? 'pass' : 'fail',
        judge: straight === 1 ? 'pass' : 'fail',
      }),
    ),
  );
  const truth = open.filter(({ gold }) => gold === 1).length / open.length;
  const passes = open.filter(({ straight }) => straight === 1).length;
  const rate = correctedRate({ passes, of: open.length }, agreement);
  return row([
    ...names,
    String(open.length),
    percent(truth),
    percent(passes / open.length),
    rate === null ? '–' : percent(rate.value),
    rate === null ? '–' : `${percent(rate.lower)} – ${percent(rate.upper)}`,
  ]);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}
