import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Entity, entitiesOutput } from '../../shared/tasks/extraction/entity.ts';

/** A text with its entities, in order. */
export interface Marked {
  readonly input: string;
  readonly output: readonly Entity[];
}

export interface EntityCorpus {
  readonly name: string;
  readonly about: string;
  readonly train: readonly Marked[];
  readonly test: readonly Marked[];
}

/** Every so manieth text of SNIPS makes the small training set. */
const smallStep = 14;

/** Loads a corpus from the data folder. Texts of the test set that also stand in the training set are left out of the test. */
export const entityCorpora = {
  snips: async (data: string) => {
    const [train, test] = await Promise.all([readSnips(data, 'train'), readSnips(data, 'validate')]);
    return corpus('snips', 'SNIPS slots (Coucke et al. 2018), train and validate files', train, test);
  },
  'snips-985': async (data: string) => {
    const [train, test] = await Promise.all([readSnips(data, 'train'), readSnips(data, 'validate')]);
    const small = train.filter((_, at) => at % smallStep === 0);
    return corpus('snips-985', `SNIPS slots, every ${smallStep}th sentence of train, and validate`, small, test);
  },
  wnut17: async (data: string) => {
    const folder = join(data, 'wnut17');
    const [train, test] = await Promise.all([readConll(folder, 'train.conll'), readConll(folder, 'dev.conll')]);
    return corpus('wnut17', 'WNUT 2017 emerging entities (Derczynski et al. 2017), train and dev', train, test);
  },
  ...crossNer('ai'),
  ...crossNer('science'),
} as const satisfies Readonly<Record<string, (data: string) => Promise<EntityCorpus>>>;

export type EntityCorpusName = keyof typeof entityCorpora;

function crossNer<D extends string>(domain: D) {
  const read = (data: string, split: string) => readConll(join(data, 'crossner'), `${domain}.${split}.txt`);
  const about = `CrossNER ${domain} (Liu et al. 2021)`;
  return {
    [`crossner-${domain}`]: async (data: string) => {
      const [train, test] = await Promise.all([read(data, 'train'), read(data, 'test')]);
      return corpus(`crossner-${domain}`, `${about}, train and test`, train, test);
    },
    [`crossner-${domain}-dev`]: async (data: string) => {
      const [train, dev, test] = await Promise.all([read(data, 'train'), read(data, 'dev'), read(data, 'test')]);
      return corpus(`crossner-${domain}-dev`, `${about}, train with dev, and test`, [...train, ...dev], test);
    },
  } as Record<`crossner-${D}` | `crossner-${D}-dev`, (data: string) => Promise<EntityCorpus>>;
}

function corpus(name: string, about: string, train: readonly Marked[], test: readonly Marked[]): EntityCorpus {
  const known = new Set(train.map(({ input }) => input));
  const own = test.filter(({ input }) => !known.has(input));
  return {
    name,
    about: `${about}; ${test.length - own.length} test texts that also stand in train left out`,
    train,
    test: own,
  };
}

const snipsSchema = z.record(
  z.string(),
  z.array(z.object({ data: z.array(z.object({ text: z.string(), entity: z.string().optional() })) })),
);

/** A text of SNIPS with what it asks for. */
export interface SnipsText extends Marked {
  readonly intent: string;
}

/** All texts of a split, `train` or `validate`. */
export async function readSnips(data: string, split: string): Promise<readonly SnipsText[]> {
  const folder = join(data, 'snips');
  const names = (await readdir(folder)).filter((name) => name.endsWith(`.${split}.json`)).sort();
  const files = await Promise.all(
    // A few bytes of the files are not UTF-8; they are read as U+FFFD.
    names.map(async (name) =>
      snipsSchema.parse(JSON.parse(new TextDecoder().decode(await readFile(join(folder, name))))),
    ),
  );
  return files.flatMap((file) =>
    Object.entries(file).flatMap(([intent, utterances]) =>
      utterances.map(({ data: parts }) => ({
        intent,
        ...marked(parts.map(({ text, entity = null }) => ({ text, label: entity }))),
      })),
    ),
  );
}

/** Files of a token and its BIO tag a line, a blank line between sentences; tokens are joined by blanks. */
export async function readConll(folder: string, name: string): Promise<readonly Marked[]> {
  const lines = (await readFile(join(folder, name), 'utf8')).split('\n');
  const sentences: Marked[] = [];
  let pieces: { text: string; label: string | null }[] = [];
  const end = (): void => {
    if (pieces.length > 0) sentences.push(marked(pieces));
    pieces = [];
  };
  for (const line of lines) {
    const [token, tag] = line.trim().split(/\s+/);
    if (token === undefined || tag === undefined) {
      end();
      continue;
    }
    const label = tag === 'O' ? null : tag.slice(2);
    const open = pieces.at(-1);
    if (tag.startsWith('I-') && open !== undefined && open.label === label) open.text += ` ${token}`;
    else {
      if (pieces.length > 0) pieces.push({ text: ' ', label: null });
      pieces.push({ text: token, label });
    }
  }
  end();
  return sentences;
}

function marked(pieces: readonly { readonly text: string; readonly label: string | null }[]): Marked {
  const entities: Entity[] = [];
  let input = '';
  for (const { text, label } of pieces) {
    if (label !== null && text.trim() !== '') {
      const start = input.length + text.length - text.trimStart().length;
      const word = text.trim();
      entities.push({ label, start, end: start + word.length, text: word });
    }
    input += text;
  }
  return { input, output: z.array(z.custom<Entity>()).parse(entitiesOutput(entities)) };
}
