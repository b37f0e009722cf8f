import { hash } from 'node:crypto';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultConfiguration } from '../../shared/adapters/backends/embedded/search-space.ts';
import { calibrationError } from './calibration-error.ts';
import { cores, inChild } from './child.ts';
import { type Corpus, corpora } from './corpora.ts';
import {
  answersSchema,
  type Embedding,
  embeddingSchema,
  measuredSchema,
  type Task,
  type Training,
} from './measurement.ts';
import type { Measurement } from './plan.ts';

export interface Place {
  readonly data: string;
  /** Holds corpora and embeddings between measurements. */
  readonly folder: string;
  /** Python with scikit-learn. */
  readonly python: string;
}

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const nodeOptions = ['--max-old-space-size=12000'];
/** Texts predicted while the clock runs. */
const predictions = 20_000;

interface Files {
  readonly corpus: Corpus;
  readonly directory: string;
  readonly corpusFile: string;
  readonly embeddingsFile: string;
  readonly embeddingCache: string;
}

/** Trains and predicts once, in a process of its own. */
export async function measureTraining(measurement: Measurement, place: Place): Promise<Training> {
  const { corpus: name, features, method, seed } = measurement;
  const { corpus, corpusFile, embeddingsFile, embeddingCache, directory } = await filesOf(measurement, place);
  const embedded = features !== 'n-grams';
  const task: Task = {
    corpusFile,
    embeddingsFile: embedded ? embeddingsFile : null,
    features,
    method,
    seed,
    c: 1 / defaultConfiguration('none').l2,
    predictions,
    answersFile: join(directory, 'answers.json'),
  };
  const taskFile = join(directory, 'task.json');
  await writeFile(taskFile, JSON.stringify(task));
  const [load = 0] = loadavg();
  const text =
    method === 'ratchet'
      ? await inChild(process.execPath, [
          ...nodeOptions,
          here('./measure-ratchet.ts'),
          ...['--task', taskFile, '--threads', String(cores)],
          ...(embedded ? ['--cache', embeddingCache] : []),
        ])
      : await inChild(place.python, [here('./measure_scikit_learn.py'), taskFile]);
  const measured = measuredSchema.parse(JSON.parse(text));
  const { labels, confidences } = answersSchema.parse(JSON.parse(await readFile(task.answersFile, 'utf8')));
  const right = corpus.test.map(({ label }, at) => labels[at] === label);
  return {
    corpus: name,
    features,
    method,
    seed,
    train: corpus.train.length,
    test: corpus.test.length,
    labels: corpus.labels.length,
    accuracy: right.filter(Boolean).length / right.length,
    calibrationError: confidences === null ? null : calibrationError(confidences, right),
    wrong: right.flatMap((is, at) => (is ? [] : [at])),
    ...measured,
    load,
  };
}

/** Embeds the corpus's texts unless they have been; null when they were. */
export async function measureEmbeddings(
  measurement: Pick<Measurement, 'corpus' | 'seed'>,
  place: Place,
): Promise<Embedding | null> {
  const { corpusFile, embeddingsFile, embeddingCache } = await filesOf(measurement, place);
  if (await exists(embeddingsFile)) return null;
  await rm(embeddingCache, { recursive: true, force: true });
  const text = await inChild(process.execPath, [
    ...nodeOptions,
    here('./measure-embeddings.ts'),
    ...['--corpus', corpusFile, '--name', measurement.corpus, '--out', embeddingsFile],
    ...['--cache', embeddingCache, '--threads', String(cores)],
  ]);
  return embeddingSchema.parse(JSON.parse(text));
}

/** Each corpus has a folder named after what is in it. */
async function filesOf({ corpus: name, seed }: Pick<Measurement, 'corpus' | 'seed'>, place: Place): Promise<Files> {
  const corpus = await corpora[name](place.data, seed);
  const { labels, train, test } = corpus;
  const text = JSON.stringify({ labels, train, test });
  const directory = join(place.folder, `${name}-${hash('sha256', text).slice(0, 12)}`);
  await mkdir(directory, { recursive: true });
  const corpusFile = join(directory, 'corpus.json');
  await writeFile(corpusFile, text);
  return {
    corpus,
    directory,
    corpusFile,
    embeddingsFile: join(directory, 'embeddings.f32'),
    embeddingCache: join(directory, 'cache'),
  };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
