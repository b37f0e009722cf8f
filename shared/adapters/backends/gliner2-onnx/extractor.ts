import { z } from 'zod';
import { type Answering, noAnswer } from './answering.ts';
import { entityAnswer, type Place } from './entities.ts';
import { graphSchema, loadGraph } from './graph.ts';
import { readable } from './words.ts';

const aboutSchema = graphSchema.extend({
  before: z.array(z.int()),
  /** Entities less probable are left out. */
  threshold: z.number(),
  /** Places less probable are not looked at. */
  least: z.number(),
  /** Whether entities of different types may share characters. */
  overlaps: z.boolean(),
});

/** What answers an extraction. */
export async function loadExtractor(about: unknown, file: (name: string) => Uint8Array): Promise<Answering> {
  const { labels, mostCharacters, least, ...rest } = aboutSchema.parse(about);
  const graph = await loadGraph(file, { labels, mostCharacters, ...rest });
  return async (input) => {
    const text = readable(input, { mostCharacters, condensed: false });
    if (text === null) return noAnswer;
    const { words, inputs } = graph.read(text);
    const { data, dims } = await graph.run(inputs);
    const widest = dims.at(-1) ?? 0;
    const places: Place[] = [];
    for (const [at, logit] of (data as Float32Array).entries()) {
      const first = Math.floor(at / widest) % words.length;
      const [from, to] = [words[first], words[first + (at % widest)]];
      const label = labels[Math.floor(at / widest / words.length)];
      if (from === undefined || to === undefined || label === undefined || from.start >= text.length) continue;
      const chance = sigmoid(logit);
      // The end mark that was added is no part of the text.
      if (chance >= least) places.push({ label, start: from.start, end: Math.min(to.end, text.length), chance });
    }
    return entityAnswer(text, places, rest);
  };
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
