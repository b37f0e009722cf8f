import { describe, expect, it } from 'vitest';
import type { JudgeName } from '../../../../bench/adaptft/logs/judge.ts';
import { makeStage, paperStages } from '../../../../bench/adaptft/logs/make-stage.ts';
import { traceLine } from '../../../../bench/adaptft/logs/trace-line.ts';
import { entityTask } from '../../../../bench/adaptft/tasks/entity-task.ts';
import { wrongEntities } from '../../../../bench/adaptft/tasks/wrong-entities.ts';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';
import type { Output } from '../../../../shared/domain/base/output.ts';
import { entitiesOf } from '../../../../shared/tasks/extraction/entity.ts';
import { extraction } from '../../../../shared/tasks/extraction/extraction.ts';
import { entityCorpus, entityTypes, marked, markedRequests } from './marked.ts';

const random = new SeededRandom();
const spec = extraction.specFrom({ labels: [...entityTypes], outputs: [] });
const item = marked('book a flight to [city:New York] on [day:monday] for two');
const shown = (output: Output | null) => extraction.show(output);
const drawn = (judge: JudgeName, of: typeof item, count = 300) => {
  const wrong = wrongEntities(judge, entityTypes, 1, random);
  return Array.from({ length: count }, (_, at) => wrong(of, random.stream(at, 'judge')));
};

describe('the random judge of entities', () => {
  it('misses one, takes it for another type, or moves a bound by a word, each about a third of the times', () => {
    const sorts = Map.groupBy(drawn('random', item), (output) => {
      const entities = entitiesOf(output);
      if (entities.length === 1) return 'missed';
      const places = new Set(entities.map(({ start, end }) => `${start} ${end}`));
      return places.has('17 25') && places.has('29 35') ? 'type' : 'bound';
    });
    for (const sort of ['missed', 'type', 'bound'] as const) {
      expect(sorts.get(sort)?.length, sort).toBeGreaterThan(70);
      expect(sorts.get(sort)?.length, sort).toBeLessThan(130);
    }
    const bounds = new Set((sorts.get('bound') ?? []).map(shown));
    expect(bounds).toContain('city "to New York", day "monday"');
    expect(bounds).toContain('city "York", day "monday"');
    expect(bounds).toContain('city "New", day "monday"');
    expect(bounds).toContain('city "New York on", day "monday"');
  });

  it('sees one where there is none, and says nothing of a text without words', () => {
    for (const output of drawn('random', marked('what is the weather like'), 30))
      expect(entitiesOf(output)).toHaveLength(1);
    expect(drawn('random', marked('?!'), 1)).toEqual([null]);
  });

  it('says what is possible and never what is right', () => {
    for (const { input, output } of [...markedRequests, item]) {
      for (const wrong of drawn('random', { input, output }, 12)) {
        expect(wrong).not.toBeNull();
        expect(extraction.same(output, wrong as Output)).toBe(false);
        expect(extraction.problem(spec, input, wrong as Output)).toBeNull();
      }
    }
  });
});

describe('the systematic judge of entities', () => {
  it('takes one type for another, always for the same', () => {
    const pairs = new Map<string, Set<string>>();
    for (const request of markedRequests) {
      for (const wrong of drawn('systematic', request, 2)) {
        const right = entitiesOf(request.output);
        if (right.length === 0) continue;
        const changed = entitiesOf(wrong).flatMap(({ label }, at) =>
          label === right[at]?.label ? [] : [[right[at]?.label ?? '', label] as const],
        );
        expect(changed).toHaveLength(1);
        for (const [from, to] of changed) pairs.set(from, (pairs.get(from) ?? new Set()).add(to));
      }
    }
    expect(pairs.size).toBeGreaterThan(1);
    for (const [from, to] of pairs) {
      expect([...to]).toHaveLength(1);
      expect([...to]).not.toContain(from);
    }
  });

  it('sees the same type in every text that has none', () => {
    const outputs = ['what is the weather', 'tell me a joke'].flatMap((text) => drawn('systematic', marked(text), 1));
    expect(new Set(outputs.flatMap((output) => entitiesOf(output).map(({ label }) => label))).size).toBe(1);
    expect(entitiesOf(outputs[0] ?? null)[0]?.text).toBe('what');
  });
});

describe('a stage of entities', () => {
  const hosts = Array.from({ length: 24 }, () => markedRequests).flat();
  const [, , , stage] = paperStages;
  if (stage === undefined) throw new Error('no such stage');
  const logsOf = (judge: JudgeName) => {
    const wrongOutput = wrongEntities(judge, entityTypes, 1, random);
    return makeStage({ stage, hosts, corpus: entityCorpus, wrongOutput, seed: 1, random });
  };

  it.each(['random', 'systematic'] as const)(
    'judges what stands in each log, half of the poison wrongly (%s judge)',
    (judge) => {
      const logs = logsOf(judge).filter(({ timedOut }) => !timedOut);
      for (const { input, expected, truth } of logs) {
        if (expected === null) throw new Error('nothing is said of a log');
        expect(extraction.problem(spec, input, expected)).toBeNull();
        expect(extraction.key(expected) === extraction.key(truth.right)).toBe(!truth.wrongCorrection);
      }
      const poison = logs.filter(({ truth }) => truth.class === 'poison' && truth.repeats === null);
      const wrong = poison.filter(({ truth }) => truth.wrongCorrection).length / poison.length;
      // An empty text has no word to err on, so that a little less than half is wrong.
      expect(Math.abs(wrong - 0.49)).toBeLessThan(4 * Math.sqrt(0.25 / poison.length));
    },
  );

  it('is passed where the model errs as the judge does: a pass that is wrong', () => {
    const wrong = logsOf('random').find(({ truth, expected }) => truth.wrongCorrection && expected !== null);
    if (wrong === undefined) throw new Error('none is wrong');
    expect(traceLine(wrong, { output: wrong.expected, confidence: 0.9 }, 'm', entityTask.kind)).toMatchObject({
      verdict: 'pass',
    });
    expect(traceLine(wrong, { output: wrong.truth.right, confidence: 0.9 }, 'm', entityTask.kind)).toMatchObject({
      verdict: 'fail',
      expected: wrong.expected,
    });
  });
});
