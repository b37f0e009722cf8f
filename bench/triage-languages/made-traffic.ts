import { readFile } from 'node:fs/promises';
import type { RandomStream } from '../../shared/ports/random.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';
import type { Labelled } from '../adaptft/perturbations/corpus.ts';

/** How often a sentence with gaps is filled in. */
const fillings = 14;

const hex = '0123456789abcdef';
// biome-ignore format: a table
const codes = ['AB-', 'SKU-XQ', 'DE', 'RMA', '4711-', 'PKT', 'JJD0', 'BQWX-', '1Z999AA1', 'HX7K'];
const mails = [
  'ana.p@example.org',
  'b.schmidt@example.com',
  'p.kim@example.net',
  'info@example.org',
  'z.t@example.com',
];
const monies = ['€ 19.90', '24,95 €', '$34.99', '¥1,980', '₹1,499', '£12', 'CHF 48.–', '฿590', '149 €'];

/** What stands in the gaps of every language's sentences. */
function common(name: string, random: RandomStream): string | null {
  const one = (of: readonly string[]) => of[random.below(of.length)] ?? '';
  if (name === 'n') return String(2 + random.below(997));
  if (name === 'code') return `${one(codes)}${10_000 + random.below(89_999)}`;
  if (name === 'hex') return Array.from({ length: 32 }, () => one([...hex])).join('');
  if (name === 'mail') return one(mails);
  return name === 'money' ? one(monies) : null;
}

/**
 * Reads a file of made-up traffic: lines `name = a | b` of words, and `label: sentence` with gaps `{name}`. Every
 * sentence with gaps is filled in several times, at random; what comes out twice is left out.
 */
export async function madeTraffic(language: string, random: RandomStream): Promise<readonly Labelled[]> {
  const file = await readFile(new URL(`texts/${language}.txt`, import.meta.url), 'utf8');
  const words = new Map<string, readonly string[]>();
  const made = new Map<string, Labelled>();
  for (const line of file.split('\n')) {
    const [, name, list] = /^(\w+) = (.*)$/.exec(line) ?? [];
    const [, label, sentence] = /^(\w+): (.*)$/.exec(line) ?? [];
    if (name !== undefined && list !== undefined) words.set(name, list.split(' | '));
    else if (label !== undefined && sentence !== undefined) {
      for (let times = 0; times < fillings; times += 1) {
        const input = sentence.replaceAll('\\n', '\n').replace(/\{(\w+)\}/g, (gap, of: string) => {
          const own = words.get(of);
          return own === undefined ? (common(of, random) ?? gap) : (own[random.below(own.length)] ?? gap);
        });
        made.set(input, { input, output: labelOutput(label) });
      }
    }
  }
  return random.shuffle([...made.values()]);
}
