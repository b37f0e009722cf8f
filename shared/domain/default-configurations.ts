import type { Configuration, Foundation } from './hyperparameters.ts';

/** Share of the champion's probabilities when distillation is switched on. */
const distillation = 0.4;

/**
 * The measured best configuration to begin with, for data of any size (CLINC150, 2 examples a label to all). Some class balance,
 * because a curriculum leans to the labels that fail and so misstates their shares in traffic.
 */
export function defaultConfiguration(foundation: Foundation): Configuration {
  return { foundation, epochs: 8, learningRate: 1, l2: 0.03, distillation: 0, classBalance: 0.5 };
}

/** What an iteration trains side by side before anything is known about the model: the default, and the same with distillation. */
export function firstConfigurations(foundation: Foundation): readonly Configuration[] {
  const first = defaultConfiguration(foundation);
  return [first, { ...first, distillation }];
}

/** Alternatives worth trying when tuning, best bets first; at most 8, all different from the configuration and one another. */
export function neighbourConfigurations(configuration: Configuration): readonly Configuration[] {
  const { foundation, l2, classBalance } = configuration;
  const changes: readonly Partial<Configuration>[] = [
    { distillation: configuration.distillation > 0 ? 0 : distillation },
    { classBalance: classBalance === 1 ? 0.5 : 1 },
    { l2: l2 > 0 ? l2 / 4 : 0.01 },
    { l2: l2 > 0 ? l2 * 4 : 0.1 },
    { foundation: foundation === 'none' ? 'use-lite' : 'none' },
    { epochs: Math.min(1000, configuration.epochs * 3) },
    { distillation: 0.25 },
    { classBalance: classBalance === 0 ? 0.5 : 0 },
  ];
  const seen = new Set([fingerprint(configuration)]);
  return changes
    .map((change) => ({ ...configuration, ...change }))
    .filter((neighbour) => {
      const isNew = !seen.has(fingerprint(neighbour));
      seen.add(fingerprint(neighbour));
      return isNew;
    });
}

function fingerprint({ foundation, epochs, learningRate, l2, distillation, classBalance }: Configuration): string {
  return JSON.stringify([foundation, epochs, learningRate, l2, distillation, classBalance]);
}
