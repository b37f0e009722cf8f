import type { FreshDifference, Overall } from './overall-summary.ts';
import type { Promotions } from './promotions-summary.ts';
import type { Target, TriageSummary } from './summary.ts';
import { heldToPoison } from './triage-by-scenario.ts';
import { interval, percent, share, signed } from './wording.ts';

type Measure = keyof FreshDifference;
const point = 0.01;

/** What the benchmark is to show, with what it shows. */
export function targetsOf(
  overall: readonly Overall[],
  promotions: readonly Promotions[],
  triage: readonly TriageSummary[],
): Target[] {
  return [
    ...overall.flatMap((each) => (each.rival === 'all' ? againstAll(each) : againstOracle(each))),
    ...promotions.filter(({ judge }) => judge === null).flatMap(promotionTargets),
    ...triage
      .filter(({ poison }) => poison === heldToPoison)
      .map(({ judge, precision, wrongCorrectionsRemoved }) => ({
        name: `Triage at 25 % poison, ${judge} judge: precision, recall of wrong corrections`,
        wanted: '0.90, 0.80',
        measured: `${precision.toFixed(2)}, ${wrongCorrectionsRemoved.toFixed(2)}`,
        met: precision >= 0.9 && wrongCorrectionsRemoved >= 0.8,
      })),
  ];
}

/** Retraining on everything that was judged: what a user would do first. */
function againstAll(each: Overall): Target[] {
  const name = (what: string) => `Less \`all\`, ${each.judge} judge, ${what}`;
  const last = each.stages.at(-1);
  if (last === undefined) return [];
  const early = each.stages.slice(0, 2);
  return [
    {
      name: name('last stage, clean'),
      wanted: 'above zero',
      measured: interval(last.clean, 2),
      met: last.clean.mean > 0,
    },
    inScenarios(each, 'clean', name('last stage, clean: not below −0.5'), (mean) => mean >= -0.5 * point, 0),
    {
      name: name('last stage, noisy'),
      wanted: 'at least +1.2',
      measured: interval(last.noisy, 2),
      met: last.noisy.mean >= 1.2 * point,
    },
    inScenarios(each, 'noisy', name('last stage, noisy: above zero'), (mean) => mean > 0, 0),
    {
      name: name('last stage, noisy: interval above zero'),
      wanted: '4 scenarios',
      ...counted(
        each.scenarios.map(({ noisy }) => noisy.lower > 0),
        (holding) => holding >= 4,
      ),
    },
    ...(['clean', 'noisy'] as const).map((measure) => ({
      name: name(`stages 1 and 2, ${measure}`),
      wanted: 'at least −0.3 each',
      measured: early.map((stage) => signed(stage[measure].mean, 2)).join(', '),
      met: early.every((stage) => stage[measure].mean >= -0.3 * point),
    })),
  ];
}

/** Retraining on all that an oracle leaves when it has taken the poison out. */
function againstOracle(each: Overall): Target[] {
  const name = (what: string) => `Less \`clean-only\`, ${each.judge} judge, ${what}`;
  const last = each.stages.at(-1);
  if (last === undefined) return [];
  return (['clean', 'noisy'] as const).flatMap((measure) => [
    {
      name: name(`last stage, ${measure}`),
      wanted: 'at least −0.6',
      measured: interval(last[measure], 2),
      met: last[measure].mean >= -0.6 * point,
    },
    inScenarios(each, measure, name(`last stage, ${measure}: within a point`), (mean) => mean >= -point, 2),
  ]);
}

function promotionTargets({ promotions, lower, worstDrop, worse }: Promotions): Target[] {
  const some = promotions > 0;
  return [
    {
      name: 'Promotions after which fresh clean text has fewer right answers',
      wanted: 'at most 3 %',
      measured: `${share(lower, promotions)} of ${promotions}`,
      met: some && lower <= 0.03 * promotions,
    },
    {
      name: 'The largest loss of a promotion, points of fresh clean text',
      wanted: 'at most 1',
      measured: percent(worstDrop, 2),
      met: some && worstDrop <= point,
    },
    {
      name: 'Promotions that are worse on fresh clean text (exact McNemar, one-sided, 5 %, Holm)',
      wanted: 'none',
      measured: `${worse.length} of ${promotions}`,
      met: some && worse.length === 0,
    },
  ];
}

/** A bound that the mean of every scenario keeps, but for so many. */
function inScenarios(
  { scenarios }: Overall,
  measure: Measure,
  name: string,
  holds: (mean: number) => boolean,
  exceptions: number,
): Target {
  return {
    name,
    wanted: exceptions === 0 ? 'every scenario' : `every scenario but ${exceptions}`,
    ...counted(
      scenarios.map((each) => holds(each[measure].mean)),
      (holding, of) => of > 0 && holding >= of - exceptions,
    ),
  };
}

function counted(
  holding: readonly boolean[],
  enough: (holding: number, of: number) => boolean,
): Pick<Target, 'measured' | 'met'> {
  const count = holding.filter(Boolean).length;
  return { measured: `${count} of ${holding.length}`, met: enough(count, holding.length) };
}
