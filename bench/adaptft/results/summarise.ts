import type { Random } from '../../../shared/ports/random.ts';
import { unpackRights } from '../arms/rights.ts';
import type { Score, Scores } from '../arms/score.ts';
import { type ArmName, armNames, type UnitResult } from '../arms/unit-result.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { pairedDifference } from './bootstrap.ts';
import { summariseDeployments } from './deployments-summary.ts';
import { type ArmSummary, type Measure, measures, type ScenarioSummary, type StageSummary, type Summary } from './summary.ts';
import { summariseOverall } from './overall-summary.ts';
import { summarisePromotions } from './promotions-summary.ts';
import { summariseRefused } from './refused-summary.ts';
import { targetsOf } from './targets.ts';
import { summariseTriageByScenario } from './triage-by-scenario.ts';
import { summariseTriage } from './triage-summary.ts';

/** Adds the finished units of the named scenarios up; what was run of others counts nowhere. */
export function summarise(finished: readonly UnitResult[], scenarios: readonly Scenario[], random: Random): Summary {
  const units = unitsIn(finished, scenarios);
  const judges = [...new Set(units.map(({ judge }) => judge))].sort();
  const summaries = scenarios.flatMap((scenario) =>
    judges.flatMap((judge) => {
      const own = units.filter((unit) => unit.scenario === scenario.name && unit.judge === judge);
      return own.length === 0 ? [] : [summariseScenario(scenario, judge, own, random)];
    }),
  );
  const triage = summariseTriage(units);
  const overall = summariseOverall(units, random);
  const promotions = summarisePromotions(units);
  const refused = summariseRefused(units);
  const deployments = summariseDeployments(units);
  const targets = targetsOf(overall, promotions, triage);
  const triageByScenario = summariseTriageByScenario(units);
  return { overall, promotions, scenarios: summaries, triage, triageByScenario, deployments, refused, targets };
}

export function unitsIn(units: readonly UnitResult[], scenarios: readonly Scenario[]): UnitResult[] {
  const names = new Set(scenarios.map(({ name }) => name));
  return units.filter(({ scenario }) => names.has(scenario));
}

function summariseScenario(scenario: Scenario, judge: string, units: readonly UnitResult[], random: Random): ScenarioSummary {
  const byArm = new Map<ArmName, UnitResult[]>(
    armNames.map((arm) => [arm, units.filter((unit) => unit.arm === arm).sort((a, b) => a.seed - b.seed)]),
  );
  const ratchet = byArm.get('ratchet') ?? [];
  const arms = [...byArm].flatMap(([arm, own]): [ArmName, ArmSummary][] =>
    own.length === 0
      ? []
      : [
          [
            arm,
            {
              seeds: own.map(({ seed }) => seed),
              stages: (own[0]?.stages ?? []).map((_, stage) => stageSummary(own, stage)),
              behindRatchet:
                arm === 'ratchet' ? {} : differences(ratchet, own, random.stream(1, `${scenario.name}/${judge}/${arm}`)),
            },
          ],
        ],
  );
  return {
    name: judge === 'random' ? scenario.name : `${scenario.name} (${judge} judge)`,
    scenario: scenario.name,
    judge,
    about: scenario.about,
    foundation: scenario.foundation,
    start: meanMeasures(units.map(({ start }) => start)),
    arms: Object.fromEntries(arms),
  };
}

function stageSummary(units: readonly UnitResult[], stage: number): StageSummary {
  const results = units.flatMap((unit) => unit.stages[stage] ?? []);
  const examples = results.map((result) => result.examples).filter((count) => count !== null);
  return {
    ...meanMeasures(results.map(({ scores }) => scores)),
    parts: (results[0]?.scores.parts ?? []).map((_, part) => mean(results.map(({ scores }) => share(scores.parts[part])))),
    examples: examples.length === 0 ? null : Math.round(mean(examples)),
    seconds: mean(results.map(({ seconds }) => seconds)),
  };
}

/** The items of a measure, each with whether it was right. */
function rightsOf(scores: Scores, measure: Measure): boolean[] {
  const unpack = ({ rights, of }: Score) => unpackRights(rights, of);
  switch (measure) {
    case 'union':
      return scores.parts.flatMap(unpack);
    case 'unionClean':
      return unpack(scores.union.clean);
    case 'unionNoisy':
      return unpack(scores.union.noisy);
    default:
      return unpack(scores[measure]);
  }
}

function meanMeasures(scores: readonly Scores[]): Record<Measure, number> {
  return Object.fromEntries(
    measures.map((measure) => [
      measure,
      mean(
        scores.map((each) => {
          const rights = rightsOf(each, measure);
          return rights.filter(Boolean).length / Math.max(1, rights.length);
        }),
      ),
    ]),
  ) as Record<Measure, number>;
}

function differences(ratchet: readonly UnitResult[], others: readonly UnitResult[], random: ReturnType<Random['stream']>) {
  const pairs = ratchet.flatMap((unit) => {
    const other = others.find(({ seed }) => seed === unit.seed);
    const [a, b] = [unit.stages.at(-1), other?.stages.at(-1)];
    return a === undefined || b === undefined ? [] : [{ a: a.scores, b: b.scores }];
  });
  if (pairs.length === 0) return {};
  return Object.fromEntries(
    measures.map((measure) => [
      measure,
      pairedDifference(
        pairs.map(({ a, b }) => ({ a: rightsOf(a, measure), b: rightsOf(b, measure) })),
        random,
      ),
    ]),
  );
}

function share(score: Score | undefined): number {
  return score === undefined || score.of === 0 ? 0 : score.right / score.of;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
