import type { GateRequest, MemoryCount } from '../../shared/domain/evaluation/gate.ts';
import type { RandomStream } from '../../shared/ports/random.ts';

/** A candidate whose true worth is known, and the traffic that it is judged by. Shares are fractions. */
export interface Planted {
  /** By how much its true accuracy is above the champion's; below zero it is worse. */
  readonly better: number;
  /** Share of the records that only one of the two has right, in truth. */
  readonly churn: number;
  /** Independent records. */
  readonly pairs: number;
  /** Share of the records of one label that it loses, what it gains elsewhere making up for it; 0 for none. */
  readonly falling: number;
}

/** What was counted of one candidate, all that the gate does not take from its settings. */
export type Counted = Pick<GateRequest, 'pairs' | 'memory' | 'facets'>;

/** Labels, equally frequent. */
export const labels = 20;
/** The older part of the records, frozen when the champion was promoted, with what it had right. */
const frozenShare = 0.5;
/** Share of the records that the champion has right. */
const championAccuracy = 0.85;

/** Whether such a candidate can be: nothing is gained or lost net that does not change. */
export function isPlantable({ better, churn }: Planted): boolean {
  return Math.abs(better) <= churn;
}

/** Draws one count of a candidate, every record by itself. */
export function draw(planted: Planted, random: RandomStream): Counted {
  const changed = { gained: [] as string[], lost: [] as string[] };
  const facets = Array.from({ length: labels }, (_, at) => {
    const { churn, better } = changesOf(at, planted);
    return { churn, gainBelow: (churn + better) / 2, count: { facet: `label ${at}`, records: 0, gained: 0, lost: 0 } };
  });
  for (let at = 0; at < planted.pairs; at += 1) {
    const label = facets[at % labels];
    if (label === undefined) continue;
    label.count.records += 1;
    const drawn = random.next();
    if (drawn >= label.churn) continue;
    const change = drawn < label.gainBelow ? 'gained' : 'lost';
    label.count[change] += 1;
    changed[change].push(String(at));
  }
  return {
    pairs: { groups: planted.pairs, ...changed },
    memory: [frozenBy(planted.pairs, changed)],
    facets: facets.map(({ count }) => count),
  };
}

/** How much of a label changes, and how much better it gets: the first is the one that falls, if any does. */
function changesOf(label: number, { better, churn, falling }: Planted): { churn: number; better: number } {
  if (falling === 0) return { churn, better };
  if (label === 0) return { churn: falling, better: -falling };
  return { churn, better: (labels * better + falling) / (labels - 1) };
}

function frozenBy(pairs: number, { gained, lost }: Pick<Counted['pairs'], 'gained' | 'lost'>): MemoryCount {
  const size = Math.floor(frozenShare * pairs);
  const isFrozen = (id: string) => Number(id) < size;
  const right = Math.round(championAccuracy * size);
  return { scope: 'preceding', size, right, lost: lost.filter(isFrozen), gained: gained.filter(isFrozen) };
}
