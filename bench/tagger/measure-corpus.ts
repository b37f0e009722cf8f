import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { fitTagger } from '../../shared/adapters/backends/tagger/fit-tagger.ts';
import { isBegin, outside, typeOf } from '../../shared/adapters/backends/tagger/states.ts';
import { Tagger } from '../../shared/adapters/backends/tagger/tag-texts.ts';
import type { TaggerConfiguration } from '../../shared/adapters/backends/tagger/tagger-configuration.ts';
import { tagsOf } from '../../shared/adapters/backends/tagger/tagger-examples.ts';
import { tokensOf } from '../../shared/adapters/backends/tagger/tokens.ts';
import { type Entity, entitiesOutput } from '../../shared/tasks/extraction/entity.ts';
import { extraction } from '../../shared/tasks/extraction/extraction.ts';
import type { EntityCorpus, Marked } from './entity-corpora.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('./measure_crfsuite.py', import.meta.url));

const scoresSchema = z.object({
  f1: z.number(),
  precision: z.number(),
  recall: z.number(),
  nervaluateStrictF1: z.number(),
  nervaluatePartialF1: z.number(),
});

const answerSchema = z.object({
  fitSeconds: z.number(),
  predictMsPerText: z.number(),
  peakMiB: z.number(),
  scores: scoresSchema,
  others: z.record(z.string(), scoresSchema),
});

export const corpusResultSchema = z.object({
  corpus: z.string(),
  about: z.string(),
  train: z.int(),
  test: z.int(),
  types: z.int(),
  /** Of Ratchet's tagger, a seed each; `ownF1` by its own score, to be held against seqeval's. CPU time of one thread. */
  ratchet: z.array(
    z.object({
      seed: z.int(),
      fitSeconds: z.number(),
      predictMsPerText: z.number(),
      ownF1: z.number(),
      scores: scoresSchema,
    }),
  ),
  crfsuite: answerSchema.omit({ others: true }),
});
export type CorpusResult = z.infer<typeof corpusResultSchema>;

/**
 * Trains both on the same tokens of one corpus, one after the other in this machine's one thread, and scores both by the
 * same programs.
 */
export async function measureCorpus(
  corpus: EntityCorpus,
  configuration: TaggerConfiguration,
  seeds: readonly number[],
  place: { readonly folder: string; readonly python: string },
): Promise<CorpusResult> {
  const labels = [
    ...new Set([...corpus.train, ...corpus.test].flatMap(({ output }) => output.map(({ label }) => label))),
  ].sort();
  const dataset = datasetOf(corpus.train);
  const answers: Record<string, readonly (readonly string[])[]> = {};
  const measured = seeds.map((seed) => {
    const begun = process.cpuUsage();
    const { model } = fitTagger({
      dataset,
      labels,
      overlaps: 'refused',
      configuration,
      seed,
      heldOut: null,
      onProgress: () => undefined,
    });
    const fitSeconds = cpuSeconds(begun);
    const tagger = new Tagger(model);
    const asked = process.cpuUsage();
    const found = corpus.test.map(({ input }) => tagger.tag(input)?.entities ?? []);
    const predictMsPerText = (1000 * cpuSeconds(asked)) / corpus.test.length;
    answers[String(seed)] = corpus.test.map(({ input }, at) => tagNames(input, found[at] ?? [], labels));
    const grades = corpus.test.map(({ output }, at) =>
      extraction.grade(entitiesOutput(output), entitiesOutput(found[at] ?? [])),
    );
    return { seed, fitSeconds, predictMsPerText, ownF1: extraction.score(grades).value };
  });
  const file = join(place.folder, `${corpus.name}.json`);
  const texts = (marked: readonly Marked[]) =>
    marked.map(({ input, output }) => ({
      words: tokensOf(input).map(({ start, end }) => input.slice(start, end)),
      tags: tagNames(input, output, labels),
    }));
  await writeFile(file, JSON.stringify({ train: texts(corpus.train), test: texts(corpus.test), answers }));
  const { stdout } = await run(place.python, ['-W', 'ignore', program, file], { maxBuffer: 2 ** 24 });
  const { others, ...crfsuite } = answerSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
  return {
    corpus: corpus.name,
    about: corpus.about,
    train: corpus.train.length,
    test: corpus.test.length,
    types: labels.length,
    ratchet: measured.map((one) => ({ ...one, scores: scoresSchema.parse(others[String(one.seed)]) })),
    crfsuite,
  };
}

function datasetOf(train: readonly Marked[]): Uint8Array {
  const lines = train.map(({ input, output }, at) =>
    JSON.stringify({
      exampleId: `e${at}`,
      input,
      output,
      weight: 1,
      slice: 'gold',
      provenance: { kind: 'file', line: at + 1 },
      folds: [],
    }),
  );
  return new TextEncoder().encode(lines.join('\n'));
}

/** Tags of the tokens in BIO, as both are scored by. */
function tagNames(input: string, entities: readonly Entity[], labels: readonly string[]): readonly string[] {
  const types = new Map(labels.map((label, at) => [label, at]));
  const tags = tagsOf({ tokens: tokensOf(input), entities }, types);
  return Array.from(tags, (tag) =>
    tag === outside ? 'O' : `${isBegin(tag) ? 'B' : 'I'}-${labels[typeOf(tag)] ?? ''}`,
  );
}

function cpuSeconds(begun: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1e6;
}
