import { intents } from './clinc-scenarios.ts';
import type { Scenario } from './scenario.ts';
import { schemaDrift } from './schema-drift.ts';

const thirty = intents(30, { foundation: 'use-lite', examplesPerLabel: 2, freshLimit: 900 });
const seventySeven = intents(77, { foundation: 'none', examplesPerLabel: 5, freshLimit: 900 });

/** Traffic and judges that are worse than the protocol's: a group of their own, which no target is about. */
export const hardScenarios: readonly Scenario[] = [
  {
    ...thirty,
    name: 'clinc150-other-product',
    about: '30 intents of an assistant; four fifths of the traffic belong to another product, with intents of its own',
    othersShare: 0.8,
  },
  {
    ...seventySeven,
    name: 'clinc150-five-a-label',
    about: '77 intents of an assistant; five logs of each are judged in a stage, and the others are not',
    // Large enough that five of each label come by themselves.
    stageSize: { learn: 1_500, score: 150 },
    judging: { perLabel: 5 },
  },
  {
    ...thirty,
    name: 'clinc150-half-wrong',
    about: '30 intents of an assistant; half of all corrections are wrong',
    judging: { wrongShare: 0.5 },
  },
  {
    ...thirty,
    name: 'clinc150-schema-drift',
    about: '30 intents of an assistant; labels are renamed, split and merged as stages begin',
    drift: schemaDrift,
  },
];
