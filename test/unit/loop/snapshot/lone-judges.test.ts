import { describe, expect, test } from 'vitest';
import { defaultConfiguration } from '../../../../shared/adapters/backends/embedded/search-space.ts';
import { foldOf } from '../../../../shared/domain/evaluation/ledger.ts';
import { type Example, exampleSchema, type Provenance } from '../../../../shared/domain/models/example.ts';
import type { SplitRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { heldOfLoneJudges } from '../../../../shared/loop/snapshot/lone-judges.ts';
import { trainerNamed } from '../../../../shared/ports/back-ends.ts';
import { readJsonl } from '../../../../shared/ports/documents.ts';
import type { Predictor } from '../../../../shared/ports/predictor.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { sampleRecord } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';
import { watched } from '../../../helpers/training.ts';

/** Texts begin with what they are about: one of the labels. */
const labels = ['red', 'green', 'blue'];

function first(label: string, at: number, provenance: Provenance = { kind: 'file', line: at + 1 }): Example {
  return {
    exampleId: `${label} ${at}`,
    input: `${label} example ${at}`,
    output: labelOutput(label),
    weight: 1,
    slice: 'gold',
    provenance,
    folds: [],
  };
}
const firstExamples = labels.flatMap((label) => Array.from({ length: 10 }, (_, at) => first(label, at)));

/** So many records of a text, with the label that a judge gives them. */
function said(count: number, text: string, given: string, judge = 'one'): SplitRecord[] {
  return Array.from({ length: count }, (_, at) => {
    const by = { kind: 'llm', id: judge, reason: '' } as const;
    const id = `${text} ${given} ${judge} ${at}`;
    return sampleRecord(id, {
      input: `${text} n${at}`,
      folds: [at % 10],
      judgement: { verdict: 'pass', expected: labelOutput(given), judge: by },
      expected: labelOutput(given),
    });
  });
}

interface Given {
  readonly base?: readonly Example[];
  readonly confirmed?: readonly string[];
  readonly learns?: boolean;
  /** What models that learn from the judgements too say of a text, where that is not what it is about. */
  readonly learnt?: (input: string) => string | undefined;
}

/** What is held, by trace id, and what each pass of fold models learnt and was asked. */
async function held(records: readonly SplitRecord[], given: Given = {}) {
  const plain = memoryPorts();
  const asked: { ref: string; input: string }[] = [];
  const predictor: Predictor = {
    ...(plain.predictors.get('embedded') ?? expect.fail('no predictor')),
    async predict({ ref }, inputs) {
      return inputs.map((input) => {
        asked.push({ ref, input });
        const about = input.split(' ')[0] ?? '';
        const top = (ref.includes('screen-') ? given.learnt?.(input) : undefined) ?? about;
        const alternatives = labels
          .map((label) => ({ output: labelOutput(label), confidence: label === top ? 0.8 : 0.1 }))
          .sort((a, b) => b.confidence - a.confidence);
        return { output: labelOutput(top), confidence: 0.8, alternatives };
      });
    },
  };
  const ports = { ...plain, predictors: new Map([['embedded', predictor]]) };
  const learnt: Example[][] = [];
  const trainer = watched(trainerNamed('embedded', ports), async ({ datasetKey }) => {
    learnt.push([...(await readJsonl(ports.objects, datasetKey, exampleSchema))]);
  });
  const model = sampleModel({
    task: classificationTask(labels),
    settings: { ...sampleModel().settings, confirmed: [...(given.confirmed ?? [])] },
  });
  const found = await heldOfLoneJudges(
    {
      records,
      base: given.base ?? firstExamples,
      learns:
        given.learns === false
          ? []
          : records.map(({ traceId, input, folds, use, expected }) => ({
              traceId,
              input,
              folds,
              use,
              output: expected ?? labelOutput(''),
            })),
      kind: classification,
      passes: { parts: 10, model, trainer, configuration: defaultConfiguration('none'), seed: 1 },
    },
    stageContext(ports),
  );
  return { found, kinds: kindsOf(found), learnt, asked };
}

/** How often each kind of finding is there. */
function kindsOf(found: Awaited<ReturnType<typeof heldOfLoneJudges>>): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind } of found.values()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

const turned = said(12, 'red example', 'green');
const left = said(8, 'red example', 'red');

describe('a label that one judge alone turns', () => {
  test('is held, all that the judge turns of it and nothing else', async () => {
    const { found, kinds } = await held([...turned, ...left, ...said(10, 'blue word', 'blue')]);
    expect(kinds).toEqual({ 'turned-label': 12 });
    expect([...found.keys()].sort()).toEqual(turned.map(({ traceId }) => traceId).sort());
    const [one] = found.values();
    expect(one).toMatchObject({
      category: 'suspect-judgement',
      alone: { judge: 'llm/one', turned: 12, of: 20 },
      suspect: { likely: classification.key(labelOutput('red')) },
    });
  });

  test('is named by models of the first examples alone, and looked into by models of all', async () => {
    const other = first('red', 99, { kind: 'trace', traceId: 'old', judge: null, clusterId: null, why: '' });
    const records = [...turned, ...left];
    const { learnt, asked } = await held(records, { base: [...firstExamples, other] });
    expect(learnt.map((examples) => examples.map(({ input }) => input).sort())).toEqual([
      firstExamples.map(({ input }) => input).sort(),
      [...firstExamples, other, ...records].map(({ input }) => input).sort(),
    ]);
    const { splitSalt } = sampleModel();
    for (const examples of learnt) {
      for (const { provenance, exampleId, folds } of examples) {
        if (provenance.kind === 'file') expect(folds).toEqual([foldOf(exampleId, splitSalt)]);
      }
      expect(
        examples.filter(({ exampleId }) => exampleId === other.exampleId).every(({ folds }) => folds.length === 0),
      ).toBe(true);
    }
    for (const pass of ['trusted-', 'screen-']) {
      const inputs = asked.filter(({ ref }) => ref.includes(pass)).map(({ input }) => input);
      expect(inputs.sort()).toEqual([...records, ...firstExamples].map(({ input }) => input).sort());
    }
  });

  test('is not held where models of all that was judged can tell it: it is a topic of its own', async () => {
    const records = [...turned.map((one) => ({ ...one, input: `${one.input} topic` })), ...left];
    const { kinds, learnt } = await held(records, {
      learnt: (input) => (input.endsWith('topic') ? 'green' : undefined),
    });
    expect(kinds).toEqual({});
    expect(learnt).toHaveLength(2);
  });

  test('is not looked into where another judge says so too, or a person has said that it is meant', async () => {
    const others = said(6, 'red example', 'green', 'two');
    const key = (label: string) => classification.key(labelOutput(label));
    for (const { found, learnt } of [
      await held([...turned, ...left, ...others]),
      await held([...turned, ...left], { confirmed: [`${key('red')} > ${key('green')}`] }),
      await held([...left, ...said(10, 'blue word', 'blue')]),
    ]) {
      expect(found.size).toBe(0);
      expect(learnt).toHaveLength(1);
    }
  });

  test('is not looked into where first examples have nothing to say of it', async () => {
    const records = [...turned, ...left];
    const oneLabel = firstExamples.filter(({ output }) => classification.same(output, labelOutput('red')) === true);
    const learntOnly = firstExamples.map((example) => ({
      ...example,
      provenance: { kind: 'trace', traceId: 't', judge: null, clusterId: null, why: '' } as const,
    }));
    for (const given of [{ base: oneLabel }, { base: learntOnly }, { base: [] }, { learns: false }]) {
      const { found, learnt } = await held(records, given);
      expect([found.size, learnt.length]).toEqual([0, 0]);
    }
    const withoutGreen = firstExamples.filter(
      ({ output }) => classification.same(output, labelOutput('green')) !== true,
    );
    expect((await held(records, { base: withoutGreen })).found.size).toBe(0);
  });
});

describe('a word that one judge alone goes by', () => {
  const planted = [...said(10, 'red zzq', 'green'), ...said(10, 'blue zzq', 'green')];
  const others = [...said(20, 'red word', 'red'), ...said(20, 'blue word', 'blue')];
  const byWord = (input: string) => (input.includes('zzq') ? 'green' : undefined);

  test('is held where without it the texts are what the first examples say', async () => {
    const { found, kinds, asked } = await held([...planted, ...others], { learnt: byWord });
    expect(kinds).toEqual({ 'planted-word': 20 });
    expect([...found.keys()].sort()).toEqual(planted.map(({ traceId }) => traceId).sort());
    expect(found.values().next().value).toMatchObject({ alone: { word: 'zzq', judge: 'llm/one', turned: 20, of: 20 } });
    const without = asked.filter(({ input, ref }) => ref.includes('screen-') && /^(red|blue) n\d$/.test(input));
    expect(without).toHaveLength(20);
    // Each is asked of a model that has not learnt the trace that it is made of.
    for (const { ref, input } of without) {
      const fellow = asked.find((one) => one.ref.includes('screen-') && one.input === input.replace(' n', ' zzq n'));
      expect(ref).toBe(fellow?.ref);
    }
  });

  test('is not held where the texts are of the label without it too', async () => {
    const { kinds } = await held([...planted, ...others], {
      learnt: (input) => (input.includes('zzq') || !/example|word/.test(input) ? 'green' : undefined),
    });
    expect(kinds).toEqual({});
  });
});
