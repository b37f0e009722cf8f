import type { Output } from '../../../shared/domain/base/output.ts';
import type { RandomStream } from '../../../shared/ports/random.ts';
import { decisionBoundary, falsePremise, jailbreak, otherEndpoint, promptInjection } from './adversarial.ts';
import type { Corpus, Labelled } from './corpus.ts';
import type { Edit } from './edit.ts';
import { type Edited, textOf } from './edited.ts';
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
  /** What is right of the input as it is; null for poison of which nothing is. */
  readonly right: Output | null;
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
  let { input, right } = start;
  const kinds: KindName[] = [...start.kinds];
  for (const name of Object.keys(fixableEdits) as (keyof typeof fixableEdits)[]) {
    if (streams(`roll/${name}`).next() >= kindNamed(name).rate * strength.noise) continue;
    const edited = changed(fixableEdits[name], name, { input, outputs: [right] }, corpus, streams);
    if (edited === null) continue;
    input = edited.input;
    right = edited.outputs[0] ?? null;
    kinds.push(name);
  }
  return {
    ...start,
    input,
    right,
    kinds,
    class: start.class === 'clean' && kinds.length > 0 ? 'fixable' : start.class,
  };
}

/** An input with what is said of it; null of what nothing is. */
export interface Said {
  readonly input: string;
  readonly outputs: readonly (Output | null)[];
}
/** So often another change of the same kind is drawn, where one would destroy what is said. */
const tries = 8;

/**
 * Changes an input, and what is said of it with it.
 * @param name of the edit's stream
 * @returns null when nothing changes, or every change that was drawn destroys what is said
 */
export function changed(edit: Edit, name: string, from: Said, corpus: Corpus, streams: Streams): Said | null {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const edited = edit(from.input, streams(attempt === 0 ? name : `${name}/again/${attempt}`), corpus);
    if (edited === null) return null;
    const input = textOf(edited);
    if (input === from.input) return null;
    const outputs = from.outputs.map((output) => output && corpus.rules.carry(output, from.input, edited));
    if (outputs.every((output, at) => output !== null || from.outputs[at] === null)) return { input, outputs };
  }
  return null;
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
  const made = decisionBoundary(host, streams(name), corpus);
  if (made === null) return plain;
  const { own, quoted, ofQuoted } = made;
  const { rules } = corpus;
  const [right, alsoRight] = [
    rules.carry(host.output, host.input, own),
    rules.carry(quoted.output, quoted.input, ofQuoted),
  ];
  if (right === null || alsoRight === null) return plain;
  return { input: textOf(own), kinds: [name], class: 'hard', right: rules.withQuoted(right, alsoRight) };
}

function poisoned(host: Labelled, name: KindName, corpus: Corpus, streams: Streams): Perturbed {
  const flipped: Perturbed = { input: host.input, kinds: ['label-flip'], class: 'poison', right: host.output };
  if (name === 'benchmark-recall') {
    const recalled = corpus.quote(host.input, streams(name));
    return recalled === null ? flipped : { ...flipped, input: recalled.input, kinds: [name], right: recalled.output };
  }
  const poison = poisonEdits[name as keyof typeof poisonEdits];
  const edited = poison?.edit(host.input, streams(name), corpus) ?? null;
  if (edited === null || textOf(edited) === host.input) return flipped;
  const input = textOf(edited);
  const right = poison.keepsHost(host.input, input) ? stillRight(host, edited, corpus) : corpus.rules.ofNothing;
  return { input, kinds: [name], class: 'poison', right };
}

/** Where the host's text is in the new one by chance, nothing of it is. */
function stillRight(host: Labelled, edited: Edited, { rules }: Corpus): Output | null {
  return rules.carry(host.output, host.input, edited) ?? rules.ofNothing;
}
