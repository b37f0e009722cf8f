import { join } from 'node:path';
import { entitiesOf, entitiesOutput } from '../../../shared/tasks/extraction/entity.ts';
import { type Marked, readConll, readSnips } from '../../tagger/entity-corpora.ts';
import type { Labelled } from '../perturbations/corpus.ts';
import { entityTask } from '../tasks/entity-task.ts';
import { distinct } from './distinct.ts';
import type { Material, Scenario } from './scenario.ts';

const rules = { task: entityTask, foundation: 'none', freshLimit: 900 } as const;

/** The slots of SNIPS's requests (Coucke et al. 2018). */
const snipsSlots: Scenario = {
  ...rules,
  name: 'snips-slots',
  about: '39 slots of a voice assistant, eight sentences an intent to begin with, 150 inputs a stage',
  examplesPerLabel: 8,
  stageSize: { learn: 150, score: 50 },
  async load(data): Promise<Material> {
    const [train, validate] = await Promise.all([readSnips(data, 'train'), readSnips(data, 'validate')]);
    const intents = new Map(train.map(({ input, intent }) => [input, intent]));
    return { ...material(train, validate), groupOf: ({ input }) => intents.get(input) ?? '' };
  },
};

/** Names that nobody has seen before, in tweets and comments (Derczynski et al. 2017). */
const wnut17: Scenario = {
  ...rules,
  name: 'wnut17',
  about: 'six types of names in tweets, 300 sentences to begin with; traffic from train, fresh text from dev',
  examplesPerLabel: 300,
  async load(data): Promise<Material> {
    const folder = join(data, 'wnut17');
    const [train, dev] = await Promise.all([readConll(folder, 'train.conll'), readConll(folder, 'dev.conll')]);
    return { ...material(train, dev), groupOf: () => 'all' };
  },
};

/** Wikipedia on artificial intelligence (Liu et al. 2021): all of train to begin with, dev as traffic, test as fresh text. */
const crossNerAi: Scenario = {
  ...rules,
  name: 'crossner-ai',
  about: '14 types of names in texts on artificial intelligence: 100 sentences to begin with, 350 as traffic',
  examplesPerLabel: 100,
  stageSize: { learn: 70, score: 17 },
  async load(data): Promise<Material> {
    const read = (split: string) => readConll(join(data, 'crossner'), `ai.${split}.txt`);
    const [train, dev, test] = await Promise.all([read('train'), read('dev'), read('test')]);
    const beginning = new Set(train.map(({ input }) => input));
    return { ...material([...train, ...dev], test), first: ({ input }) => beginning.has(input), groupOf: () => 'all' };
  },
};

/** Tasks of entities instead of labels: a group of their own, which no target is about. */
export const entityScenarios: readonly Scenario[] = [snipsSlots, wnut17, crossNerAi];

function material(traffic: readonly Marked[], later: readonly Marked[]): Pick<Material, 'labels' | 'pool' | 'fresh'> {
  const seen = new Set<string>();
  const pool = distinct(traffic.map(asLabelled), seen);
  const fresh = distinct(later.map(asLabelled), seen);
  const types = [...pool, ...fresh].flatMap(({ output }) => entitiesOf(output).map(({ label }) => label));
  return { labels: [...new Set(types)].sort(), pool, fresh };
}

function asLabelled({ input, output }: Marked): Labelled {
  return { input, output: entitiesOutput(output) };
}
