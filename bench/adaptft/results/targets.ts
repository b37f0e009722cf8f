import type { ArmName } from '../arms/unit-result.ts';
import type { NeverWorse, ScenarioSummary, Target, TriageSummary } from './summary.ts';

/** One point of accuracy. */
const point = 0.01;
const scenariosWanted = 7;

/** What the benchmark is to show, with what it shows. Gaps are on fresh noisy text after the last stage. */
export function targetsOf(
  scenarios: readonly ScenarioSummary[],
  triage: readonly TriageSummary[],
  neverWorse: NeverWorse,
): Target[] {
  const random = scenarios.filter(({ judge }) => judge === 'random');
  const systematic = scenarios.filter(({ judge }) => judge === 'systematic');
  const quarter = triage.filter(({ poison }) => poison === 0.25);
  return [
    {
      name: 'A promotion makes fresh clean text worse (exact McNemar, one-sided, 5 %, Holm)',
      wanted: 'nowhere',
      measured: `${neverWorse.worse.length} of ${neverWorse.tests}`,
      met: neverWorse.tests > 0 && neverWorse.worse.length === 0,
    },
    ...(['naive', 'all'] as const).map((arm) => gapTarget(arm, scenarios, `Final gap to ${arm} above zero, both judges`, ({ mean }) => mean > 0)),
    intervalTarget('naive', random, 'random', 6),
    intervalTarget('all', systematic, 'systematic', 5),
    gapTarget('clean-only', scenarios, 'Within a point of the clean-only oracle, both judges', ({ mean }) => mean >= -point),
    {
      name: 'At or above the clean-only oracle, random judge',
      wanted: `4 of ${scenariosWanted} scenarios`,
      ...counted(random, 'clean-only', ({ mean }) => mean >= 0, 4),
    },
    ...quarter.map(({ judge, precision, recall }) => ({
      name: `Triage at 25 % poison, ${judge} judge: precision, recall`,
      wanted: '0.90, 0.80',
      measured: `${precision.toFixed(2)}, ${recall.toFixed(2)}`,
      met: precision >= 0.9 && recall >= 0.8,
    })),
  ];
}

type Gap = NonNullable<NonNullable<ScenarioSummary['arms'][ArmName]>['behindRatchet']['noisy']>;

function gaps(scenarios: readonly ScenarioSummary[], arm: ArmName): Gap[] {
  return scenarios.flatMap((scenario) => scenario.arms[arm]?.behindRatchet.noisy ?? []);
}

function counted(
  scenarios: readonly ScenarioSummary[],
  arm: ArmName,
  holds: (gap: Gap) => boolean,
  wanted: number,
): Pick<Target, 'measured' | 'met'> {
  const all = gaps(scenarios, arm);
  const holding = all.filter(holds).length;
  return { measured: `${holding} of ${all.length}`, met: holding >= wanted };
}

function gapTarget(arm: ArmName, scenarios: readonly ScenarioSummary[], name: string, holds: (gap: Gap) => boolean): Target {
  const count = gaps(scenarios, arm).length;
  return { name, wanted: 'every scenario', ...counted(scenarios, arm, holds, Math.max(1, count)) };
}

function intervalTarget(arm: ArmName, scenarios: readonly ScenarioSummary[], judge: string, wanted: number): Target {
  return {
    name: `Interval of the gap to ${arm} above zero, ${judge} judge`,
    wanted: `${wanted} of ${scenariosWanted} scenarios`,
    ...counted(scenarios, arm, ({ lower }) => lower > 0, wanted),
  };
}
