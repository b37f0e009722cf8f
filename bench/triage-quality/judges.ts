import type { RandomStream } from '../../shared/ports/random.ts';
import type { Labelled } from '../improvement/load-clinc.ts';

/** A judge that errs: what it says is the right label of each text, in their order. */
export interface Judge {
  readonly name: string;
  judge(traffic: readonly Labelled[], labels: readonly string[], random: RandomStream): readonly string[];
}

/** Says a random other label for a share of the texts. */
function randomErrors(rate: number): Judge {
  return {
    name: `${100 * rate} % random`,
    judge: (traffic, labels, random) => {
      const wrong = new Set(random.shuffle([...traffic.keys()]).slice(0, Math.round(rate * traffic.length)));
      return traffic.map(({ label }, at) => {
        const others = labels.filter((other) => other !== label);
        return wrong.has(at) ? (others[random.below(others.length)] ?? label) : label;
      });
    },
  };
}

const muddledLabels = 3;

/** Says, for every second text of three labels, one and the same other label. */
const systematic: Judge = {
  name: 'systematic',
  judge: (traffic, labels, random) => {
    const drawn = random.shuffle(labels);
    const taken = new Map(
      drawn.slice(0, muddledLabels).map((label, at) => [label, drawn[muddledLabels + at] ?? label]),
    );
    return traffic.map(({ label }) => (random.below(2) === 0 ? label : (taken.get(label) ?? label)));
  },
};

export const judges: readonly Judge[] = [...[0, 0.05, 0.1, 0.2].map(randomErrors), systematic];
