import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Random } from '../../../shared/ports/random.ts';
import { labelOutput } from '../../../shared/tasks/classification/label.ts';
import { type Labelled as ClincText, loadClinc } from '../../improvement/load-clinc.ts';
import type { Labelled } from '../perturbations/corpus.ts';
import { distinct } from './distinct.ts';
import type { Material, Scenario } from './scenario.ts';

const asLabelled = ({ text, label }: ClincText): Labelled => ({ input: text, output: labelOutput(label) });

/** CLINC150 with some of its intents, drawn anew for each seed. The intents left over are there for another product. */
export function intents(count: number, scenario: Omit<Scenario, 'name' | 'about' | 'load'>): Scenario {
  const name = `clinc150-${count}`;
  return {
    ...scenario,
    name,
    about: `${count} intents of an assistant, ${scenario.examplesPerLabel} examples each to begin with`,
    async load(data, seed, random): Promise<Material> {
      const clinc = await loadClinc(data);
      const labels = random.stream(seed, `adaptft/${name}/intents`).shuffle(clinc.labels).slice(0, count).sort();
      const wanted = new Set(labels);
      const own = (rows: readonly ClincText[]) => rows.filter(({ label }) => wanted.has(label)).map(asLabelled);
      const rows = [...clinc.train, ...clinc.val];
      const others = rows.filter(({ label }) => !wanted.has(label)).map(asLabelled);
      return { labels, pool: own(rows), fresh: own(clinc.test), others };
    },
  };
}

const elsewhere = 'elsewhere';
const domainsSchema = z.record(z.string(), z.array(z.string()));

/** The intents of one domain, and one label for all that belongs to the domains beside it. */
export const oneDomain: Scenario = {
  name: 'clinc150-banking',
  about: 'the 15 intents of banking, and one label for credit cards, work and travel, which are near',
  foundation: 'use-lite',
  examplesPerLabel: 3,
  freshLimit: 900,
  async load(data, seed, random): Promise<Material> {
    const clinc = await loadClinc(data);
    const domains = domainsSchema.parse(JSON.parse(await readFile(join(data, 'clinc150', 'domains.json'), 'utf8')));
    const own = new Set(domains.banking);
    const near = new Set(['credit_cards', 'work', 'travel'].flatMap((domain) => domains[domain] ?? []));
    const select = (rows: readonly ClincText[], part: string): Labelled[] => {
      const inside = rows.filter(({ label }) => own.has(label)).map(asLabelled);
      const outside = rows
        .filter(({ label }) => near.has(label))
        .map(({ text }) => ({ input: text, output: labelOutput(elsewhere) }));
      const some = random
        .stream(seed, `adaptft/banking/${part}`)
        .shuffle(outside)
        .slice(0, Math.round(inside.length / 2));
      return [...inside, ...some];
    };
    return {
      labels: [...own, elsewhere].sort(),
      pool: select([...clinc.train, ...clinc.val], 'pool'),
      fresh: select(clinc.test, 'fresh'),
    };
  },
};

const oosRows = z.array(z.tuple([z.string(), z.string()]));
const oosSchema = z.object({ oos_train: oosRows, oos_val: oosRows, oos_test: oosRows });
const freshOutOfScope = 250;

/** Whether an assistant's 150 intents cover a request at all. */
export const inOrOut: Scenario = {
  name: 'clinc150-scope',
  about: 'in scope or not: requests that none of the 150 intents covers, against those that one does',
  foundation: 'use-lite',
  examplesPerLabel: 50,
  freshLimit: 900,
  async load(data, seed: number, random: Random): Promise<Material> {
    const clinc = await loadClinc(data);
    const file = oosSchema.parse(JSON.parse(await readFile(join(data, 'clinc150', 'data_full.json'), 'utf8')));
    const seen = new Set<string>();
    const out = random.stream(seed, 'adaptft/scope/out').shuffle(
      distinct(
        [...file.oos_train, ...file.oos_val, ...file.oos_test].map(([input]) => ({
          input,
          output: labelOutput('out-of-scope'),
        })),
        seen,
      ),
    );
    const covered = (rows: readonly ClincText[], count: number, part: string): Labelled[] =>
      random
        .stream(seed, `adaptft/scope/${part}`)
        .shuffle(rows)
        .slice(0, count)
        .map(({ text }) => ({ input: text, output: labelOutput('in-scope') }));
    return {
      labels: ['in-scope', 'out-of-scope'],
      pool: [...covered([...clinc.train, ...clinc.val], 1_900, 'pool'), ...out.slice(freshOutOfScope)],
      fresh: [...covered(clinc.test, 650, 'fresh'), ...out.slice(0, freshOutOfScope)],
    };
  },
};
