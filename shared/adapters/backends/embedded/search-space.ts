import { canonicalJson } from '../../../domain/base/ids.ts';
import type { EmbeddedConfiguration, EmbeddedOptions, Foundation } from './embedded-configuration.ts';
import type { Encoder } from './foundations/encoder.ts';

/** Share of the champion's probabilities when distillation is switched on. */
const distillation = 0.4;
/**
 * Shares learnt without embeddings. From none to 0.05, noisy text gains 1 to 3 points from 5 examples a label on, and
 * clean text loses nothing (CLINC150, SNIPS: docs/benchmarks/trainer.md); 0.15 gains up to another point, for up to 1
 * of clean text where examples are few.
 */
const embeddingDropout = 0.05;
const moreEmbeddingDropout = 0.15;
/**
 * Parts of the champion in the weights that are worth trying. Measured on CLINC150 with 150 intents: from none to 0.6,
 * the share of right answers that a candidate loses falls from 1.7 % to 0.5 %, and it keeps nearly two thirds of its
 * gain.
 */
const interpolations = [0, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9] as const;

/**
 * The measured best configuration to begin with, for data of any size (CLINC150, 2 examples a label to all). Some class
 * balance, because a curriculum leans to the labels that fail and so misstates their shares in traffic.
 */
export function defaultConfiguration(foundation: Foundation, encoder?: Encoder): EmbeddedConfiguration {
  return {
    foundation,
    ...(encoder === undefined ? {} : { encoder }),
    epochs: 8,
    learningRate: 1,
    l2: 0.1,
    distillation: 0,
    interpolation: 0,
    embeddingDropout,
    classBalance: 0.5,
  };
}

/**
 * What an iteration tries side by side before anything is known about the model: the default, which gains most, and the
 * same averaged with the champion, which loses less. One training serves them all.
 */
export function firstConfigurations(foundation: Foundation, encoder?: Encoder): readonly EmbeddedConfiguration[] {
  const first = defaultConfiguration(foundation, encoder);
  return [first, { ...first, interpolation: 0.4 }, { ...first, interpolation: 0.6 }];
}

/**
 * Alternatives worth trying when tuning, best bets first; at most 13, all different from the configuration and one
 * another. First come more and less of the champion, in turn: the gate most often holds a candidate back for what it
 * loses.
 * @param losesTooMuch whether the gate does so now: then half the way to the champion comes first, three quarters of it
 * next, and less of it last
 * @param own the model's foundation, which is tried where the configuration has none
 */
export function neighbourConfigurations(
  configuration: EmbeddedConfiguration,
  losesTooMuch = false,
  own: Pick<EmbeddedOptions, 'foundation' | 'encoder'> = { foundation: 'use-lite' },
): readonly EmbeddedConfiguration[] {
  const { foundation, l2, classBalance, interpolation } = configuration;
  const dropout = configuration.embeddingDropout < moreEmbeddingDropout ? moreEmbeddingDropout : embeddingDropout;
  const more = interpolations.filter((part) => part > interpolation);
  const less = interpolations.filter((part) => part < interpolation).reverse();
  const inTurn = interpolations.flatMap((_, at) => [...more.slice(at, at + 1), ...less.slice(at, at + 1)]);
  const ofChampion = (losesTooMuch ? [...nearerFirst(interpolation, more), ...less] : inTurn).map((part) => ({
    interpolation: part,
  }));
  const changes: readonly Partial<EmbeddedConfiguration>[] = [
    ...ofChampion.slice(0, 2),
    ...(foundation === 'none' ? [] : [{ embeddingDropout: dropout }]),
    ...ofChampion.slice(2),
    { classBalance: classBalance === 1 ? 0.5 : 1 },
    { l2: l2 > 0 ? l2 / 4 : 0.01 },
    { l2: l2 > 0 ? l2 * 4 : 0.1 },
    { distillation: configuration.distillation > 0 ? 0 : distillation },
    otherFoundation(foundation, own),
  ];
  const seen = new Set([fingerprint(configuration)]);
  return changes
    .map((change) => changed(configuration, change))
    .filter((neighbour) => {
      const isNew = !seen.has(fingerprint(neighbour));
      seen.add(fingerprint(neighbour));
      return isNew;
    });
}

/** None in place of the model's own, and the other way; for a model that has none, USE-Lite. */
function otherFoundation(
  foundation: Foundation,
  own: Pick<EmbeddedOptions, 'foundation' | 'encoder'>,
): Partial<EmbeddedConfiguration> {
  if (foundation !== 'none') return { foundation: 'none' };
  return own.foundation === 'none' ? { foundation: 'use-lite' } : own;
}

/**
 * Half the way from a part to the whole first, then three quarters of it, then the others by their distance from the
 * half.
 */
function nearerFirst(from: number, parts: readonly number[]): readonly number[] {
  const [half, ...others] = nearestTo((1 + from) / 2, parts);
  const [threeQuarters] = nearestTo((3 + from) / 4, others);
  return half === undefined || threeQuarters === undefined
    ? parts
    : [half, threeQuarters, ...others.filter((part) => part !== threeQuarters)];
}

function nearestTo(middle: number, parts: readonly number[]): readonly number[] {
  return [...parts].sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle) || a - b);
}

/** An encoder comes and goes with its foundation. */
function changed(
  { encoder, ...configuration }: EmbeddedConfiguration,
  change: Partial<EmbeddedConfiguration>,
): EmbeddedConfiguration {
  const keeps = encoder !== undefined && change.foundation === undefined;
  return { ...configuration, ...(keeps ? { encoder } : {}), ...change };
}

function fingerprint(configuration: EmbeddedConfiguration): string {
  return canonicalJson(configuration);
}
