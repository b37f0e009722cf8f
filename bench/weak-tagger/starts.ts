import type { Random } from '../../shared/ports/random.ts';
import { type Marked, readSnips, type SnipsText } from '../tagger/entity-corpora.ts';

/** How a tagger begins: which intents' types it knows, and how many sentences of each of these intents it learns from. */
export interface Start {
  readonly name: 'few' | 'over-predicting';
  readonly about: string;
  readonly perIntent: number;
  /** Null for all intents, and all types. */
  readonly intents: readonly string[] | null;
}

export const starts: readonly Start[] = [
  {
    name: 'over-predicting',
    about:
      'The types of two music intents, learnt from ten sentences of each. It has never seen a sentence without an entity; its traffic is an assistant’s whole traffic, most of which holds none.',
    perIntent: 10,
    intents: ['AddToPlaylist', 'PlayMusic'],
  },
  {
    name: 'few',
    about: 'All 39 types, learnt from five sentences of each intent.',
    perIntent: 5,
    intents: null,
  },
];

/** Which sentences do what; none is in two parts. */
export interface Deal {
  readonly labels: readonly string[];
  readonly examples: readonly Marked[];
  readonly traffic: readonly Marked[];
  /** The validate files. */
  readonly fresh: readonly Marked[];
}

/** Deals SNIPS out for a start; the same seed gives the same deal. */
export async function dealSnips(
  start: Start,
  request: { readonly seed: number; readonly traces: number; readonly data: string },
  random: Random,
): Promise<Deal> {
  const [train, validate] = await Promise.all([readSnips(request.data, 'train'), readSnips(request.data, 'validate')]);
  const isOwn = ({ intent }: SnipsText): boolean => start.intents?.includes(intent) ?? true;
  const labels = [...new Set(train.filter(isOwn).flatMap(({ output }) => output.map(({ label }) => label)))].sort();
  const known = new Set(labels);
  const ofTask = (text: SnipsText): SnipsText => ({
    ...text,
    output: text.output.filter(({ label }) => known.has(label)),
  });
  const kept = new Set(validate.map(({ input }) => input));
  const dealt = random
    .stream(request.seed, `weak-tagger/${start.name}`)
    .shuffle(train.filter(({ input }) => !kept.has(input)).map(ofTask));
  const taken = new Map<string, number>();
  const examples: Marked[] = [];
  const rest: Marked[] = [];
  for (const text of dealt) {
    const before = taken.get(text.intent) ?? 0;
    if (isOwn(text) && before < start.perIntent) {
      taken.set(text.intent, before + 1);
      examples.push(text);
    } else rest.push(text);
  }
  return { labels, examples, traffic: rest.slice(0, request.traces), fresh: validate.map(ofTask) };
}
