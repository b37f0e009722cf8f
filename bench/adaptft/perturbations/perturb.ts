import type { RandomStream } from '../../../shared/ports/random.ts';
import { decisionBoundary, falsePremise, jailbreak, otherEndpoint, promptInjection } from './adversarial.ts';
import type { Corpus, Labelled } from './corpus.ts';
import type { Edit } from './edit.ts';
import { type KindName, kindNamed, kindsOfClass, type PerturbationClass } from './kinds.ts';
import {
  brokenSyntax,
  casing,
  codeSwitching,
  grammar,
  phoneticMisspelling,
  punctuationAbuse,
  slang,
  typos,
} from './linguistic.ts';
import { assumedContext, empty, gibberish, metaQuestion, missingModality, offDomain } from './off-task.ts';
import {
  encodingAnomaly,
  formatRequest,
  htmlRemnants,
  innerDuplication,
  leakedMetadata,
  ocrConfusion,
  preamble,
  truncation,
  veryLong,
} from './structural.ts';

/**
 * Edits of the fixable kinds, in the order in which they act when several come together: words first, wrapping last.
 */
const fixableEdits = {
  slang,
  grammar,
  'broken-syntax': brokenSyntax,
  'code-switching': codeSwitching,
  'phonetic-misspelling': phoneticMisspelling,
  typos,
  'ocr-confusion': ocrConfusion,
  truncation,
  'inner-duplication': innerDuplication,
  'very-long': veryLong,
  'punctuation-abuse': punctuationAbuse,
  preamble,
  'format-request': formatRequest,
  casing,
  'html-remnants': htmlRemnants,
  'encoding-anomaly': encodingAnomaly,
  'leaked-metadata': leakedMetadata,
} as const satisfies Partial<Record<KindName, Edit>>;

interface PoisonEdit {
  readonly edit: Edit;
  /** Whether the host's right output may still be said of it. */
  readonly keepsHost: (before: string, after: string) => boolean;
}

const hosted = (before: string, after: string): boolean => after.includes(before);
const never = (): boolean => false;

const poisonEdits = {
  'false-premise': { edit: falsePremise, keepsHost: hosted },
  'prompt-injection': { edit: promptInjection, keepsHost: hosted },
  jailbreak: { edit: jailbreak, keepsHost: hosted },
  'missing-modality': { edit: missingModality, keepsHost: hosted },
  'assumed-context': { edit: assumedContext, keepsHost: hosted },
  'other-endpoint': { edit: otherEndpoint, keepsHost: never },
  'off-domain': { edit: offDomain, keepsHost: never },
  'meta-question': { edit: metaQuestion, keepsHost: never },
  gibberish: { edit: gibberish, keepsHost: never },
  empty: { edit: empty, keepsHost: never },
} as const satisfies Partial<Record<KindName, PoisonEdit>>;

export interface Perturbed {
  readonly input: string;
  /** What was done, in the order in which it was done; only what has changed something is named. */
  readonly kinds: readonly KindName[];
  readonly class: PerturbationClass | 'clean';
  /** The right output; null for poison that has none. */
  readonly right: string | null;
}

/** Streams of randomness by name, so that one edit's draws never move another's. */
export type Streams = (name: string) => RandomStream;

export interface Strength {
  /** Probability that a log gets a poison kind, exactly one, in proportion to the poison kinds' default rates. */
  readonly poison: number;
  /** Factor on the default rates of the fixable and hard kinds. */
  readonly noise: number;
}

const poisonKinds = kindsOfClass('poison');
const poisonTotal = poisonKinds.reduce((sum, { rate }) => sum + rate, 0);

/**
 * Rolls each kind for one input and applies what comes up: one poison kind at most, then the fixable kinds, each on its
 * own.
 */
export function perturb(host: Labelled, strength: Strength, corpus: Corpus, streams: Streams): Perturbed {
  const poison = drawPoison(strength.poison, streams('poison'));
  const start =
    poison === null ? plainOrHard(host, strength, corpus, streams) : poisoned(host, poison, corpus, streams);
  if (start.kinds.includes('empty')) return start;
  let { input } = start;
  const kinds: KindName[] = [...start.kinds];
  for (const name of Object.keys(fixableEdits) as (keyof typeof fixableEdits)[]) {
    if (streams(`roll/${name}`).next() >= kindNamed(name).rate * strength.noise) continue;
    const edited = fixableEdits[name](input, streams(name), corpus);
    if (edited === null || edited === input) continue;
    input = edited;
    kinds.push(name);
  }
  return { ...start, input, kinds, class: start.class === 'clean' && kinds.length > 0 ? 'fixable' : start.class };
}

function drawPoison(share: number, random: RandomStream): KindName | null {
  if (random.next() >= share) return null;
  let left = random.next() * poisonTotal;
  for (const { name, rate } of poisonKinds) {
    left -= rate;
    if (left < 0) return name;
  }
  return 'label-flip';
}

function plainOrHard(host: Labelled, { noise }: Strength, corpus: Corpus, streams: Streams): Perturbed {
  const plain: Perturbed = { input: host.input, kinds: [], class: 'clean', right: host.output };
  const name = 'decision-boundary';
  if (streams(`roll/${name}`).next() >= kindNamed(name).rate * noise) return plain;
  const edited = decisionBoundary(host, streams(name), corpus);
  return edited === null ? plain : { ...plain, input: edited, kinds: [name], class: 'hard' };
}

function poisoned(host: Labelled, name: KindName, corpus: Corpus, streams: Streams): Perturbed {
  const flipped: Perturbed = { input: host.input, kinds: ['label-flip'], class: 'poison', right: host.output };
  if (name === 'benchmark-recall') {
    const recalled = corpus.quote(host.input, streams(name));
    return recalled === null ? flipped : { ...flipped, input: recalled.input, kinds: [name], right: recalled.output };
  }
  const poison = poisonEdits[name as keyof typeof poisonEdits];
  const edited = poison?.edit(host.input, streams(name), corpus) ?? null;
  if (edited === null || edited === host.input) return flipped;
  return {
    input: edited,
    kinds: [name],
    class: 'poison',
    right: poison.keepsHost(host.input, edited) ? host.output : null,
  };
}
