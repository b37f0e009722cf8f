import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkspace, type Workspace } from '../../../cli/workspace.ts';
import { defaultBackEnds } from '../../../shared/composition/default-back-ends.ts';
import type { Checkpoint } from '../../../shared/domain/models/checkpoint.ts';
import { createModel } from '../../../shared/operations/create-model.ts';
import type { Prediction } from '../../../shared/ports/predictor.ts';
import { entitiesOf } from '../../../shared/tasks/extraction/entity.ts';
import { labels, samples } from '../../helpers/made-up-traffic.ts';
import { bytesOf, modelId } from '../../helpers/test-workspace.ts';
import { installed, realPython } from '../python.ts';
import { namedTexts, types } from './named-texts.ts';
import { tinyBert, tinyGliner2 } from './tiny-foundations.ts';

/** What Python trained, answered without it; by the same archive that Python answers with. */
describe.skipIf(!installed('gliner2'))('a GLiNER2 as ONNX', () => {
  let directory: string;
  let workspace: Workspace;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ratchet-gliner2-onnx-'));
    const { env } = await realPython();
    workspace = await openWorkspace(join(directory, 'workspace'), {
      create: true,
      env,
      observer: { progress: () => undefined, note: () => undefined },
    });
  });
  afterAll(async () => {
    await workspace?.close();
    await rm(directory, { recursive: true, force: true });
  });

  it.each(['full', 'lora'])('answers as Python does, trained by %s', async (method) => {
    const { ports } = workspace;
    const id = `${modelId}-${method}`;
    const examples = samples(90, 0.3, ports.random.stream(1, 'training'));
    const { checkpoint } = await createModel(
      {
        modelId: id,
        task: 'classification',
        labels: [...labels, 'never seen'],
        examples: bytesOf(examples),
        backEnds: { ...defaultBackEnds, trainer: 'gliner2', predictor: 'gliner2-onnx' },
        trainerOptions: {
          foundation: await tinyBert(directory),
          method,
          epochs: 6,
          batchSize: 16,
          encoderRate: 2e-3,
          headRate: 2e-3,
        },
        settings: {},
        seed: 1,
        by: 'test',
      },
      ports,
    );
    const { served } = checkpoint ?? expect.fail('there is no checkpoint');
    expect(served.predictor).toBe('gliner2-onnx');
    const texts = [...examples.slice(0, 30).map(({ input }) => input), ...oddTexts('parcel'), 'parcel '.repeat(400)];
    const answers = async (name: string, served: Checkpoint['served']) => {
      const found = await ports.predictors.get(name)?.predict(served, texts, { alternatives: labels.length + 1 });
      return (found ?? []).map(({ alternatives }) =>
        alternatives
          .map(({ output, confidence }) => [String(output), confidence] as const)
          .toSorted(([a], [b]) => (a < b ? -1 : 1)),
      );
    };
    const [python, node] = await Promise.all([answers('gliner2', served), answers('gliner2-onnx', served)]);
    expect(node.map((one) => one.map(([label]) => label))).toEqual(python.map((one) => one.map(([label]) => label)));
    const differences = node.flatMap((one, at) =>
      one.map(([, confidence], place) => ({
        text: texts[at],
        by: Math.abs(confidence - (python[at]?.[place]?.[1] ?? Number.NaN)),
      })),
    );
    expect(differences.filter(({ by }) => !(by < 1e-4))).toEqual([]);
    expect(node.filter((one) => one.length === 0)).toHaveLength(python.filter((one) => one.length === 0).length);
  });

  it.each([
    { method: 'full', overlaps: 'refused', foundationOf: tinyBert, encoderRate: 2e-3, headRate: 2e-3 },
    { method: 'lora', overlaps: 'allowed', foundationOf: tinyGliner2, encoderRate: 5e-4, headRate: 4e-3 },
  ])(
    'finds the entities that Python finds, trained by $method, overlaps $overlaps',
    async ({ overlaps, foundationOf, ...how }) => {
      const { ports } = workspace;
      const id = `named-${how.method}`;
      const examples = namedTexts(150, 0.3, ports.random.stream(1, 'training'));
      const { checkpoint } = await createModel(
        {
          modelId: id,
          task: 'extraction',
          labels: [...types, 'never seen'],
          options: { overlaps },
          examples: bytesOf(examples),
          backEnds: { ...defaultBackEnds, trainer: 'gliner2', predictor: 'gliner2-onnx' },
          trainerOptions: {
            foundation: await foundationOf(join(directory, how.method), 'named'),
            epochs: 12,
            batchSize: 8,
            ...how,
          },
          settings: {},
          seed: 1,
          by: 'test',
        },
        ports,
      );
      const { served } = checkpoint ?? expect.fail('there is no checkpoint');
      const long = namedTexts(120, 0.5, ports.random.stream(3, 'long')).flatMap(({ input }) => input.split(' '));
      const texts = [
        ...namedTexts(60, 0.6, ports.random.stream(2, 'fresh')).map(({ input }) => input),
        ...oddTexts('rome'),
        'שלום ana lives in rome, مرحبا 👩‍👩‍👧 oslo is home to cleo',
        'İ ANA lives in New York… e\u0301mil, ana\u0301 and ben okri!!',
        long.join(' '),
        [...long.slice(0, 299), '\ufffd', 'lima'].join(' '),
        `call ${'ana'.repeat(15)} at noon `.repeat(60),
        `${'ana-'.repeat(400)}ana lives in rome`,
      ];
      const answers = async (name: string): Promise<readonly Prediction[]> =>
        (await ports.predictors.get(name)?.predict(served, texts)) ?? [];
      const [python, node] = await Promise.all([answers('gliner2'), answers('gliner2-onnx')]);
      expect(node.map(placesOf)).toEqual(python.map(placesOf));
      const apart = node.filter((one, at) => !(farthest(one, python[at]) < 1e-4));
      expect(apart).toEqual([]);
      const found = node.flatMap(({ output }) => entitiesOf(output));
      expect(new Set(found.map(({ label }) => label))).toEqual(new Set(types));
      expect(node.filter(({ output }) => output !== null && entitiesOf(output).length === 0).length).toBeGreaterThan(5);
      for (const input of ['   ', '\u200b']) expect(node[texts.indexOf(input)]).toEqual(nothing);
    },
  );
});

const nothing: Prediction = { output: null, confidence: 0, alternatives: [] };

/** What is found where, without how sure it is; null for no answer. */
function placesOf({ output }: Prediction): unknown {
  return output && entitiesOf(output).map(({ label, start, end, text }) => ({ label, start, end, text }));
}

/** How far the confidences of two answers with the same entities are apart at most. */
function farthest(one: Prediction, other: Prediction | undefined): number {
  const others = entitiesOf(other?.output ?? null);
  const pairs = entitiesOf(one.output).map(({ confidence }, at) => [confidence, others[at]?.confidence]);
  return Math.max(
    ...[[one.confidence, other?.confidence], ...pairs].map(([a, b]) => Math.abs((a ?? Number.NaN) - (b ?? Number.NaN))),
  );
}

/** Texts of any kind: addresses, marks, other scripts, halves of characters, long ones, some in which nothing shows. */
function oddTexts(word: string): string[] {
  return [
    ...fc.sample(fc.string({ unit: 'grapheme', maxLength: 40 }), { numRuns: 60, seed: 1 }),
    ...fc.sample(fc.string({ unit: 'binary', maxLength: 40 }), { numRuns: 60, seed: 2 }),
    'Mail ana@example.org, or see https://example.org/a?b=c!',
    'İSTANBUL ΟΔΟΣ straße ﬁn K ſ',
    'naïve naı̈ve हिन्दी भाषा 荷物はどこ',
    'well-known re_fund @ana …',
    `\u001c\u0085\ufeff ${word}\u00a0\u2003back \ud800`,
    '   ',
    '\u200b',
  ];
}
