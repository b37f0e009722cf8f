import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Labelled } from '../improvement/load-clinc.ts';

const fileSchema = z.record(z.string(), z.array(z.object({ data: z.array(z.object({ text: z.string() })) })));

/** The utterances of SNIPS with their intents (Coucke et al. 2018), each text once; bytes that are no UTF-8 are replaced. */
export async function loadSnips(directory: string): Promise<readonly Labelled[]> {
  const folder = join(directory, 'snips');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const seen = new Set<string>();
  const found: Labelled[] = [];
  for (const name of names) {
    const file = fileSchema.parse(JSON.parse((await readFile(join(folder, name))).toString('utf8')));
    for (const [label, utterances] of Object.entries(file)) {
      for (const { data } of utterances) {
        const text = data
          .map((part) => part.text)
          .join('')
          .trim();
        const key = text.toLowerCase();
        if (key === '' || seen.has(key)) continue;
        seen.add(key);
        found.push({ text, label });
      }
    }
  }
  return found;
}
