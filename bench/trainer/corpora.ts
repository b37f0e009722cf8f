import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { labelOf } from '../../shared/tasks/classification/label.ts';
import type { Labelled as AdaptftItem } from '../adaptft/perturbations/corpus.ts';
import { snips } from '../adaptft/scenarios/snips-scenario.ts';
import { type Labelled, loadClinc } from '../improvement/load-clinc.ts';
import { BigramTraffic } from '../scale/bigram-traffic.ts';

/** A labelled set with its test set; no text is in both. */
export interface Corpus {
  readonly name: string;
  /** Where the texts come from. */
  readonly about: string;
  readonly labels: readonly string[];
  readonly train: readonly Labelled[];
  readonly test: readonly Labelled[];
}

/** Loads a corpus from the data folder; `seed` draws what is made up. */
export const corpora = {
  clinc150: loadClinc150,
  snips: loadSnips,
  'clinc150-100k': (data: string, seed: number) => enlargedClinc150(data, seed, 100_000),
} as const satisfies Readonly<Record<string, (data: string, seed: number) => Promise<Corpus>>>;

export type CorpusName = keyof typeof corpora;

/** Draws in a row that bring no new text before the set counts as exhausted. */
const mostRepeats = 100_000;

async function loadClinc150(data: string): Promise<Corpus> {
  const { labels, train, test, removedFromTest } = await loadClinc(data);
  return {
    name: 'clinc150',
    about: `CLINC150, its train and test split; ${removedFromTest} test texts that also stand in train or val are left out`,
    labels,
    train,
    test,
  };
}

async function loadSnips(data: string): Promise<Corpus> {
  const { labels, pool, fresh } = await snips.load(data, 1, new SeededRandom());
  const labelled = ({ input, output }: AdaptftItem) => ({ text: input, label: labelOf(output) });
  return {
    name: 'snips',
    about:
      'SNIPS, its train and validate files; validate texts that also stand in train, and repeated ones, are left out',
    labels,
    train: pool.map(labelled),
    test: fresh.map(labelled),
  };
}

async function enlargedClinc150(data: string, seed: number, size: number): Promise<Corpus> {
  const { labels, train, test } = await loadClinc(data);
  const random = new SeededRandom().stream(seed, 'trainer-enlarged');
  return {
    name: 'clinc150-100k',
    about:
      "CLINC150's train split and, up to 100,000, texts made by a walk over the word pairs of its texts of one label; each text once, none equal to a test text; the test split is CLINC150's own",
    labels,
    train: enlarge(train, test, size, new BigramTraffic(train, random)),
    test,
  };
}

/**
 * The texts and made-up ones of the same labels, `size` in all; each text once, and none that stands in `held`,
 * compared without case and spacing. Fewer when the walk finds nothing new.
 */
export function enlarge(
  texts: readonly Labelled[],
  held: readonly Labelled[],
  size: number,
  made: { next(): Labelled },
): Labelled[] {
  const all = [...texts];
  const seen = new Set([...texts, ...held].map(({ text }) => keyOf(text)));
  for (let repeats = 0; all.length < size && repeats < mostRepeats; ) {
    const row = made.next();
    const key = keyOf(row.text);
    if (key === '' || seen.has(key)) {
      repeats += 1;
      continue;
    }
    seen.add(key);
    all.push(row);
    repeats = 0;
  }
  return all;
}

function keyOf(text: string): string {
  return text.trim().toLowerCase().replaceAll(/\s+/g, ' ');
}
