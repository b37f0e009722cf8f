import { inOrOut, intents, oneDomain } from './clinc-scenarios.ts';
import { entityScenarios } from './entity-scenarios.ts';
import { hardScenarios } from './hard-scenarios.ts';
import type { Scenario } from './scenario.ts';
import { snips } from './snips-scenario.ts';
import { spam } from './spam-scenario.ts';

/** The seven that the targets are about. */
export const scenarios: readonly Scenario[] = [
  intents(30, { foundation: 'use-lite', examplesPerLabel: 2, freshLimit: 900 }),
  intents(77, { foundation: 'none', examplesPerLabel: 5, freshLimit: 900 }),
  intents(150, { foundation: 'use-lite', examplesPerLabel: 4, freshLimit: 900 }),
  oneDomain,
  snips,
  spam,
  inOrOut,
];

/** Every scenario that can be named. */
export const allScenarios: readonly Scenario[] = [...scenarios, ...hardScenarios, ...entityScenarios];

/** The scenario of `--quick`, and those on which single mechanisms of Ratchet are taken away. */
export const quickScenario = 'clinc150-30';
export const ablatedScenarios: ReadonlySet<string> = new Set(['clinc150-30', 'snips']);
