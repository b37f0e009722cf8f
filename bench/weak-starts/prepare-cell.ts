import type { Random } from '../../shared/ports/random.ts';
import { labelOf } from '../../shared/tasks/classification/label.ts';
import type { Prepared } from '../adaptft/arms/prepared.ts';
import { wrongLabels } from '../adaptft/logs/judge.ts';
import { makeStage } from '../adaptft/logs/make-stage.ts';
import { Corpus, type Labelled } from '../adaptft/perturbations/corpus.ts';
import { intents } from '../adaptft/scenarios/clinc-scenarios.ts';
import { labelTask } from '../adaptft/tasks/label-task.ts';
import { type Cell, examplesPerLabel } from './cell.ts';

/** What the judge gets wrong: of AdaptFT-Bench's poison this share, half of it with a wrong correction; no other noise. */
const strength = { poison: 0.15, noise: 0 } as const;
const freshLimit = 900;

/**
 * Deals CLINC150 out for a cell and a seed. Cells of as many labels share them, and the fresh texts; fewer first
 * examples are some of the more, and fewer traces the first of the more.
 */
export async function prepareCell(cell: Cell, seed: number, data: string, random: Random): Promise<Prepared> {
  const scenario = intents(cell.labels, { foundation: 'use-lite', examplesPerLabel: cell.perLabel, freshLimit });
  const own: Random = { stream: (each, name) => random.stream(each, `weak-starts/${scenario.name}/${name}`) };
  const { labels, pool, fresh } = await scenario.load(data, seed, random);
  const { first, rest } = dealt(own.stream(seed, 'deal').shuffle(pool));
  const examples = first.filter(({ place }) => place < cell.perLabel).map(({ item }) => item);
  const hosts = rest.slice(0, cell.traces);
  if (hosts.length < cell.traces) throw new Error(`${scenario.name} has ${rest.length} inputs for its traces`);
  const shown = own.stream(seed, 'fresh').shuffle(fresh).slice(0, freshLimit);
  const stage = { name: 's1', index: 0, strength };
  const wrongOutput = wrongLabels('random', labels, seed, own);
  return {
    scenario,
    seed,
    draw: { labels, examples, stages: [{ learn: hosts, score: [] }], fresh: shown },
    stages: [
      makeStage({ stage, hosts, corpus: new Corpus(examples, labels, labelTask), wrongOutput, seed, random: own }),
    ],
    clean: shown.map((item) => ({ ...item, noisy: false })),
    noisy: [],
    parts: [],
  };
}

/** As many of each label as the largest cell begins with, each with its place among those of its label, and the rest. */
function dealt(items: readonly Labelled[]) {
  const most = Math.max(...examplesPerLabel);
  const taken = new Map<string, number>();
  const first: { readonly item: Labelled; readonly place: number }[] = [];
  const rest: Labelled[] = [];
  for (const item of items) {
    const place = taken.get(labelOf(item.output)) ?? 0;
    if (place >= most) {
      rest.push(item);
      continue;
    }
    taken.set(labelOf(item.output), place + 1);
    first.push({ item, place });
  }
  return { first, rest };
}
