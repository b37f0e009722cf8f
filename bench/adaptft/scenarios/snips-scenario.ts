import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { labelOf, labelOutput } from '../../../shared/tasks/classification/label.ts';
import type { Labelled } from '../perturbations/corpus.ts';
import { distinct } from './distinct.ts';
import type { Material, Scenario } from './scenario.ts';

const fileSchema = z.record(z.string(), z.array(z.object({ data: z.array(z.object({ text: z.string() })) })));

/** SNIPS's seven intents of a voice assistant (Coucke et al. 2018). */
export const snips: Scenario = {
  name: 'snips',
  about: 'seven intents full of names of songs, films and books, three examples each to begin with',
  foundation: 'none',
  examplesPerLabel: 3,
  freshLimit: 900,
  async load(data): Promise<Material> {
    const directory = join(data, 'snips');
    const train = await readSplit(directory, 'train');
    const seen = new Set<string>();
    const pool = distinct(train, seen);
    const fresh = distinct(await readSplit(directory, 'validate'), seen);
    return { labels: [...new Set(pool.map(({ output }) => labelOf(output)))].sort(), pool, fresh };
  },
};

async function readSplit(directory: string, split: string): Promise<Labelled[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(`.${split}.json`)).sort();
  const parts = await Promise.all(
    names.map(async (name) => {
      // A few bytes of the files are not UTF-8; they are read as U+FFFD.
      const file = fileSchema.parse(JSON.parse(new TextDecoder().decode(await readFile(join(directory, name)))));
      return Object.entries(file).flatMap(([intent, utterances]) =>
        utterances.map(({ data }) => ({
          input: data
            .map(({ text }) => text)
            .join('')
            .trim(),
          output: labelOutput(intent),
        })),
      );
    }),
  );
  return parts.flat();
}
