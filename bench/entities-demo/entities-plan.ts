import type { Random } from '../../shared/ports/random.ts';
import { makeText, type OrderText, type TextKind, type Wording } from './make-texts.ts';

/** Which texts do what. No text is in two parts. */
export interface EntitiesPlan {
  /** What the tagger is first trained on. */
  readonly training: readonly OrderText[];
  /** What it then meets in production, in the order of arrival. */
  readonly traffic: readonly OrderText[];
  /** Texts that no stage ever sees, to measure with. */
  readonly fresh: readonly OrderText[];
}

const trainingSize = 150;
const trafficSize = 900;
const freshSize = 500;

/** Production: half of it is as before, the rest drifts. */
const drifted: readonly TextKind[] = [
  ...Array.from({ length: 8 }, (): TextKind => 'as before'),
  ...Array.from({ length: 4 }, (): TextKind => 'new forms'),
  'many at once',
  'many at once',
  'lower case',
  'no entity',
  'no entity',
];

/** Makes the texts; the same seed gives the same plan. */
export function planEntities(seed: number, random: Random): EntitiesPlan {
  const seen = new Set<string>();
  const some = (name: string, size: number, kinds: readonly TextKind[], wording: Wording): OrderText[] => {
    const stream = random.stream(seed, `entities-demo/${name}`);
    const texts: OrderText[] = [];
    while (texts.length < size) {
      const text = makeText(kinds[stream.below(kinds.length)] ?? 'as before', wording, stream);
      if (seen.has(text.input)) continue;
      seen.add(text.input);
      texts.push(text);
    }
    return texts;
  };
  return {
    training: some('training', trainingSize, ['as before'], 'seen'),
    traffic: some('traffic', trafficSize, drifted, 'seen'),
    fresh: some('fresh', freshSize, drifted, 'all'),
  };
}
