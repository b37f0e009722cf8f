import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { type Labelled, loadClinc } from '../improvement/load-clinc.ts';
import { drawScenario } from '../improvement/scenario.ts';
import { BigramTraffic } from '../scale/bigram-traffic.ts';

export interface LoopTraffic {
  readonly examples: readonly Labelled[];
  /** Real texts first, then made-up ones; a smaller size is the beginning of a larger one. */
  readonly traffic: readonly Labelled[];
  readonly real: number;
}

/**
 * 30 of CLINC150's intents, two first examples a label; what its train and val splits have, then a walk over their word
 * pairs.
 */
export async function loopTraffic(data: string, size: number, seed: number): Promise<LoopTraffic> {
  const scenario = { name: 'loop', intents: 30, examplesPerLabel: 2, traces: [size], target: 0 };
  const random = new SeededRandom().stream(seed, 'bench-loop');
  const { examples, cycles } = drawScenario(scenario, await loadClinc(data), random);
  const real = cycles[0] ?? [];
  const made = new BigramTraffic(real, random);
  const filling = Array.from({ length: Math.max(0, size - real.length) }, () => made.next());
  return { examples, traffic: [...real, ...filling], real: real.length };
}
