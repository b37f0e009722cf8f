import type { Output } from '../../../shared/domain/base/output.ts';
import type { Random } from '../../../shared/ports/random.ts';
import type { Corpus, Labelled } from '../perturbations/corpus.ts';
import { between, type Edit } from '../perturbations/edit.ts';
import { type KindName, kindNamed, kindsOfClass, type LogKind, otherProduct } from '../perturbations/kinds.ts';
import { changed, type Perturbed, perturb, type Streams, type Strength } from '../perturbations/perturb.ts';
import { nearDuplicate } from '../perturbations/repetition.ts';
import { arrivals, retryAfter, timeoutMs } from './arrivals.ts';
import type { WrongOutput } from './judge.ts';
import type { StagedLog } from './staged-log.ts';

export interface Stage {
  readonly name: string;
  /** Place among the stages, from 0: a month later each. */
  readonly index: number;
  readonly strength: Strength;
}

/** The paper's stages: a clean one, then three with more and more poison. */
export const paperStages: readonly Stage[] = [0, 0.15, 0.25, 0.4].map((poison, index) => ({
  name: `s${index + 1}`,
  index,
  strength: { poison, noise: poison === 0 ? 0 : 1 },
}));

/**
 * Half of all poison carries a wrong correction. Of these two kinds all does, so of the others as much as makes up the
 * half.
 */
const wrongShare = 0.5;
const wrongByNature: ReadonlySet<LogKind> = new Set(['label-flip', 'benchmark-recall']);
const poisonKinds = kindsOfClass('poison');
const total = (kinds: typeof poisonKinds) => kinds.reduce((sum, { rate }) => sum + rate, 0);
const byNature = total(poisonKinds.filter(({ name }) => wrongByNature.has(name))) / total(poisonKinds);
const wrongShareOfOthers = (wrongShare - byNature) / (1 - byNature);
/** Share of another product's inputs that the judge forces into a label; the rest it fails without a correction. */
const forcedShare = 0.5;
/** Share of failures on noisy inputs that the paper's naive arm leaves uncorrected. */
const uncorrectedShare = 0.3;

export interface StageRequest {
  readonly stage: Stage;
  readonly hosts: readonly Labelled[];
  readonly corpus: Corpus;
  readonly wrongOutput: WrongOutput;
  readonly seed: number;
  readonly random: Random;
}

/**
 * Makes a stage's logs of labelled inputs: each is perturbed on its own, some are repeated, a call in 67 runs into the
 * time limit and is sent again. Inputs whose label the corpus does not name are another product's. The same request
 * gives the same logs, byte for byte.
 * @returns in the order of arrival, somewhat more than there are hosts
 */
export function makeStage(request: StageRequest): StagedLog[] {
  const { stage, hosts, corpus, seed, random } = request;
  const stream = (name: string) => random.stream(seed, `adaptft/${stage.name}/${name}`);
  const times = arrivals(hosts.length, stage.index, stream('arrivals'));
  const drafts: Draft[] = hosts.flatMap((host, index) => {
    const streams = (name: string) => stream(`${index}/${name}`);
    const perturbed = perturbHost(host, request, streams);
    const arrival = times[index] ?? { at: 0, latencyMs: 0, timedOutFirst: false };
    const draft: Draft = {
      at: arrival.at,
      latencyMs: arrival.latencyMs,
      timedOut: false,
      host,
      perturbed,
      ...judged(host, perturbed, request, streams('judge')),
      uncorrected: streams('uncorrected').next() < uncorrectedShare,
      original: null,
    };
    const again = repeats(draft, stage.strength.noise, corpus, streams);
    if (!arrival.timedOutFirst) return [draft, ...again];
    const second = { ...draft, at: retryAfter(arrival.at, streams('retry')) };
    const lost: Draft = {
      ...draft,
      latencyMs: timeoutMs,
      timedOut: true,
      expected: null,
      wrong: false,
      original: second,
    };
    return [lost, second, ...again.map((each) => ({ ...each, original: second }))];
  });
  const ordered = drafts.map((draft, at) => ({ draft, at })).sort((a, b) => a.draft.at - b.draft.at || a.at - b.at);
  const ids = new Map(ordered.map(({ draft }, at) => [draft, `${stage.name}-${String(at).padStart(5, '0')}`]));
  return ordered.map(({ draft }) => toLog(draft, ids));
}

/** What was made of an input. */
type Made = Omit<Perturbed, 'kinds'> & { readonly kinds: readonly LogKind[] };

/**
 * A kind that is poison by its wrong correction alone needs a judge who errs on the label; without one the input is not
 * poisoned.
 */
function perturbHost(host: Labelled, { stage, corpus, wrongOutput }: StageRequest, streams: Streams): Made {
  if (!corpus.knows(host.output)) return fromOtherProduct(host, { stage, corpus }, streams);
  const perturbed = perturb(host, stage.strength, corpus, streams);
  if (!perturbed.kinds.some((kind) => wrongByNature.has(kind))) return perturbed;
  const right = { input: perturbed.input, output: perturbed.right ?? host.output };
  return wrongOutput(right, streams('judge')) === null
    ? perturb(host, { ...stage.strength, poison: 0 }, corpus, streams)
    : perturbed;
}

/** Noisy as any other, but nothing is right to learn from it; no poison kind is added to that. */
function fromOtherProduct(
  host: Labelled,
  { stage, corpus }: Pick<StageRequest, 'stage' | 'corpus'>,
  streams: Streams,
): Made {
  const noisy = perturb(host, { ...stage.strength, poison: 0 }, corpus, streams);
  return { ...noisy, kinds: [otherProduct, ...noisy.kinds], class: 'poison', right: null };
}

interface Draft {
  readonly at: number;
  readonly latencyMs: number;
  readonly timedOut: boolean;
  readonly host: Labelled;
  readonly perturbed: Made;
  readonly expected: Output | null;
  readonly wrong: boolean;
  readonly uncorrected: boolean;
  readonly original: Draft | null;
}

function judged(
  host: Labelled,
  { kinds, right, ...perturbed }: Made,
  { wrongOutput }: StageRequest,
  random: ReturnType<Random['stream']>,
): Pick<Draft, 'expected' | 'wrong'> {
  if (perturbed.class !== 'poison') return { expected: right, wrong: false };
  if (kinds.includes(otherProduct) && random.next() >= forcedShare) return { expected: null, wrong: false };
  const always = kinds.some((kind) => wrongByNature.has(kind) || kind === otherProduct);
  if (!always && random.next() >= wrongShareOfOthers) return { expected: right, wrong: false };
  const wrong = wrongOutput({ input: perturbed.input, output: right ?? host.output }, random);
  return wrong === null ? { expected: right, wrong: false } : { expected: wrong, wrong: true };
}

const minuteMs = 60_000;

/** The further logs of a log that is repeated: word for word, hardly changed, or resubmitted in a storm. */
function repeats(
  draft: Draft,
  noise: number,
  corpus: Corpus,
  streams: (name: string) => ReturnType<Random['stream']>,
): Draft[] {
  const copies: Draft[] = [];
  const { perturbed } = draft;
  const copy = (kind: KindName, waitMs: number, again: Again = { ...perturbed, expected: draft.expected }): void => {
    copies.push({
      ...draft,
      at: draft.at + waitMs,
      expected: again.expected,
      perturbed: {
        ...perturbed,
        input: again.input,
        right: again.right,
        kinds: [...perturbed.kinds, kind],
        class: perturbed.class === 'clean' ? 'fixable' : perturbed.class,
      },
      original: draft,
    });
  };
  const comes = (kind: KindName): boolean => streams(`roll/${kind}`).next() < kindNamed(kind).rate * noise;
  if (comes('exact-duplicate')) copy('exact-duplicate', between(1, 600, streams('exact-duplicate')) * minuteMs);
  if (comes('near-duplicate')) {
    const { waitMs, again } = inOtherWords(draft, corpus, streams);
    copy('near-duplicate', waitMs, again);
  }
  if (comes('retry-storm')) {
    const random = streams('retry-storm');
    let waitMs = 0;
    for (let left = between(3, 8, random); left > 0; left -= 1) {
      waitMs += between(200, 4_000, random);
      copy('retry-storm', waitMs);
    }
  }
  return copies;
}

/** What a repeat says, what is right of it and what the judge says. */
type Again = Pick<Perturbed, 'input' | 'right'> & Pick<Draft, 'expected'>;

/** The same hardly changed, and when it comes; word for word where every change would destroy what is right or judged. */
function inOtherWords(
  { perturbed, expected }: Draft,
  corpus: Corpus,
  streams: Streams,
): { waitMs: number; again: Again } {
  let waitMs = 0;
  const withWait: Edit = (text, random, of) => {
    const edited = nearDuplicate(text, random, of);
    waitMs = between(1, 600, random) * minuteMs;
    return edited;
  };
  const from = { input: perturbed.input, outputs: [perturbed.right, expected] };
  const { input, outputs } = changed(withWait, 'near-duplicate', from, corpus, streams) ?? from;
  return { waitMs, again: { input, right: outputs[0] ?? null, expected: outputs[1] ?? null } };
}

function toLog(draft: Draft, ids: ReadonlyMap<Draft, string>): StagedLog {
  return {
    logId: ids.get(draft) ?? '',
    timestamp: new Date(draft.at).toISOString(),
    latencyMs: draft.latencyMs,
    input: draft.perturbed.input,
    timedOut: draft.timedOut,
    expected: draft.expected,
    truth: {
      class: draft.perturbed.class,
      kinds: draft.perturbed.kinds,
      host: draft.host,
      right: draft.perturbed.right,
      wrongCorrection: draft.wrong,
      naiveLeavesUncorrected: draft.uncorrected,
      repeats: draft.original === null ? null : (ids.get(draft.original) ?? null),
    },
  };
}
