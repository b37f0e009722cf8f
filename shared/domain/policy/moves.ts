import { canonicalJson, shortDigest } from '../base/ids.ts';
import type { Configuration } from '../models/configuration.ts';
import { defaultSettings, type Settings } from '../models/settings.ts';
import type { Move, MoveKind } from './policy.ts';

/** What each move changes. A `tune` move's name goes on, after a dash, with a digest of its configurations. */
export const moveTable = {
  'more-hard-negatives': {
    kind: 'rework-data',
    changes: 'Hard negatives rise to the top of their band, with the nearest passing traces of every confused output.',
  },
  'more-boundary-gold': {
    kind: 'rework-data',
    changes: 'Gold takes in more judged-right traces with a low margin, and of outputs with few examples.',
  },
  'all-judged-right': {
    kind: 'rework-data',
    changes:
      'Gold takes in every judged-right trace that may train, up to 100,000, and every example weighs the ' +
      'same: no slice is held to its band.',
  },
  configurations: {
    kind: 'tune',
    changes: 'The dataset stays as it is and is trained with the next configurations near the one that stands.',
  },
  'two-a-pattern': {
    kind: 'augment',
    changes: 'Two examples are added for every failure pattern that remains.',
  },
  'three-a-pattern': {
    kind: 'augment',
    changes: 'Three examples are added for every failure pattern that remains.',
  },
} as const satisfies Record<string, { kind: MoveKind; changes: string }>;

export type MoveName = keyof typeof moveTable;

export interface MoveContext {
  /** Configurations near the one that stands, the most promising first. */
  readonly neighbours: readonly Configuration[];
  /** Configurations that the run has trained with. */
  readonly tried: readonly Configuration[];
  /** How many configurations an iteration trains: where a training is dear one, else a pair. */
  readonly atOnce: 1 | 2;
}

const noConfigurations: MoveContext = { neighbours: [], tried: [], atOnce: 2 };

/** Whether a move changes anything under a model's settings. */
function isOpen(move: string, { hardNegativesPerFailure }: Pick<Settings, 'hardNegativesPerFailure'>): boolean {
  return move !== 'more-hard-negatives' || hardNegativesPerFailure > 0;
}

/**
 * The moves of a kind, in order of preference. Those of `tune` take the untried neighbours one at a time, or in pairs,
 * the last three together where their number is odd; fewer than a pair make no move then.
 */
export function moves(
  kind: MoveKind,
  context: MoveContext = noConfigurations,
  settings: Pick<Settings, 'hardNegativesPerFailure'> = defaultSettings,
): readonly Move[] {
  if (kind === 'tune') return tuneMoves(context);
  return Object.entries(moveTable).flatMap(([name, move]) =>
    move.kind === kind && isOpen(name, settings) ? [{ kind, name }] : [],
  );
}

/** Name of the first move that reworks the data. */
export function firstRework({ hardNegativesPerFailure }: Pick<Settings, 'hardNegativesPerFailure'>): MoveName {
  return hardNegativesPerFailure > 0 ? 'more-hard-negatives' : 'more-boundary-gold';
}

/** A sentence on what a move changes. */
export function describeMove(move: Move): string {
  const name = Object.keys(moveTable).find(
    (known): known is MoveName => move.name === known || move.name.startsWith(`${known}-`),
  );
  return name === undefined ? move.name : moveTable[name].changes;
}

function tuneMoves({ neighbours, tried, atOnce }: MoveContext): readonly Move[] {
  const known = new Set(tried.map(canonicalJson));
  const fresh = neighbours.filter((configuration) => {
    const text = canonicalJson(configuration);
    if (known.has(text)) return false;
    known.add(text);
    return true;
  });
  return Array.from({ length: Math.floor(fresh.length / atOnce) }, (_, index): Move => {
    const from = index * atOnce;
    const rest = fresh.length - from;
    const configurations = fresh.slice(from, from + (rest < 2 * atOnce ? rest : atOnce));
    return { kind: 'tune', name: `configurations-${shortDigest(canonicalJson(configurations))}`, configurations };
  });
}
