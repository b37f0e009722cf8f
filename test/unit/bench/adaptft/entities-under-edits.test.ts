import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomEdit } from '../../../../bench/adaptft/arms/random-edit.ts';
import * as adversarial from '../../../../bench/adaptft/perturbations/adversarial.ts';
import type { Edit } from '../../../../bench/adaptft/perturbations/edit.ts';
import { type Edited, kept, put, replaced, textOf } from '../../../../bench/adaptft/perturbations/edited.ts';
import * as linguistic from '../../../../bench/adaptft/perturbations/linguistic.ts';
import * as offTask from '../../../../bench/adaptft/perturbations/off-task.ts';
import { perturb } from '../../../../bench/adaptft/perturbations/perturb.ts';
import { nearDuplicate } from '../../../../bench/adaptft/perturbations/repetition.ts';
import * as structural from '../../../../bench/adaptft/perturbations/structural.ts';
import { carryEntities } from '../../../../bench/adaptft/tasks/carry-entities.ts';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';
import type { Output } from '../../../../shared/domain/base/output.ts';
import { type Entity, entitiesOf, entitiesOutput } from '../../../../shared/tasks/extraction/entity.ts';
import { entityCorpus, marked, markedRequests } from './marked.ts';

const random = new SeededRandom();
const edits: Readonly<Record<string, Edit>> = {
  ...linguistic,
  ...structural,
  ...offTask,
  falsePremise: adversarial.falsePremise,
  promptInjection: adversarial.promptInjection,
  otherEndpoint: adversarial.otherEndpoint,
  jailbreak: adversarial.jailbreak,
  nearDuplicate,
  randomEdit: (text, stream) => randomEdit(text, stream),
};
const replacing = new Set([
  'offDomain',
  'metaQuestion',
  'gibberish',
  'empty',
  'otherEndpoint',
  'jailbreak',
  'assumedContext',
  'missingModality',
]);

/** Texts of words in many scripts, some of them entities of one to three words. */
const word = fc.oneof(
  fc.constantFrom(
    'the',
    'to',
    'what',
    'is',
    'please',
    'going',
    'Straße',
    'naïve',
    '"quoted"',
    'İstanbul',
    '👩‍👩‍👧',
    'e\u0301t\u00e9',
    'مرحبا',
    '東京',
    "don't",
    'A.',
  ),
  fc.stringMatching(/^[a-z]{1,9}$/),
);
const item = fc
  .array(fc.tuple(fc.array(word, { minLength: 1, maxLength: 3 }), fc.boolean()), { minLength: 1, maxLength: 8 })
  .map((parts) => {
    const entities: Entity[] = [];
    let input = '';
    for (const [words, isEntity] of parts) {
      if (input !== '') input += ' ';
      const text = words.join(' ');
      if (isEntity) entities.push({ label: 'name', start: input.length, end: input.length + text.length, text });
      input += text;
    }
    return { input, output: entitiesOutput(entities) };
  });

function expectTrue(text: string, output: Output | null): void {
  for (const { start, end, text: stands } of entitiesOf(output)) {
    expect(text.slice(start, end)).toBe(stands);
    expect(stands?.trim()).toBe(stands);
    expect(stands?.isWellFormed()).toBe(true);
  }
}

const carried = (text: string, edit: (input: string) => Edited) => {
  const { input, output } = marked(text);
  const edited = edit(input);
  const result = carryEntities(output, input, edited);
  return result === null ? null : entitiesOf(result).map((entity) => `${entity.start} ${entity.text}`);
};

describe('entities under every edit', () => {
  it.each(Object.entries(edits))('%s leaves each at its place, none gone, or is refused', (name, edit) => {
    let kept = 0;
    fc.assert(
      fc.property(item, fc.nat(), ({ input, output }, seed) => {
        const edited = edit(input, random.stream(seed, name), entityCorpus);
        if (edited === null) return;
        const result = carryEntities(output, input, edited);
        if (result === null) return;
        kept += 1;
        expectTrue(textOf(edited), result);
        const [before, after] = [entitiesOf(output).length, entitiesOf(result).length];
        // What is said twice is there twice, and so it is right to find it twice.
        const most = name === 'innerDuplication' || name === 'randomEdit' ? 2 * before : before;
        expect(after).toBeGreaterThanOrEqual(before);
        expect(after).toBeLessThanOrEqual(most);
      }),
      { numRuns: 200, seed: 7 },
    );
    expect(kept).toBeGreaterThan(10);
  });

  it.each(Object.entries(edits).filter(([name]) => !replacing.has(name)))(
    '%s can be made with the entities of most requests',
    (name, edit) => {
      const made = markedRequests.filter(({ input, output }, at) =>
        Array.from({ length: 8 }, (_, again) =>
          edit(input, random.stream(3, `${at}/${again}/${name}`), entityCorpus),
        ).some((edited) => edited !== null && carryEntities(output, input, edited) !== null),
      );
      expect(made.length).toBeGreaterThan(markedRequests.length / 2);
    },
  );

  it('moves with the text, and takes on what is done to it', () => {
    expect(carried('go to [city:Oslo] now', (input) => [put('hey, '), kept(input)])).toEqual(['11 Oslo']);
    expect(
      carried('go to [city:Oslo]', (input) => [
        replaced(kept(input, 0, 2), 'walk'),
        kept(input, 2, 6),
        replaced(kept(input, 6, 10), 'Olso'),
      ]),
    ).toEqual(['8 Olso']);
    expect(carried('in [city:New York]', (input) => [kept(input, 0, 6), put('&nbsp;'), kept(input, 7)])).toEqual([
      '3 New&nbsp;York',
    ]);
    expect(carried('[city:Oslo] and [city:Rome]', (input) => [kept(input, 9), put(' '), kept(input, 0, 4)])).toEqual([
      '0 Rome',
      '5 Oslo',
    ]);
  });

  it('belongs to its part of a changed word alone', () => {
    const edit = (by: string) => (input: string) => [replaced(kept(input, 0, input.length), by)];
    expect(carried('[city:Paris]-based', edit('Pqris-based'))).toEqual(['0 Pqris']);
    expect(carried('[city:Paris]-based', edit('Paris-bsaed'))).toEqual(['0 Paris']);
    expect(carried('[city:Paris]-based', edit('Pari-sbased'))).toBeNull();
    expect(carried('[city:Paris]-based', edit('Paris2-based'))).toBeNull();
  });

  it('is refused where it is cut, torn apart, shuffled or gone', () => {
    const text = 'in [city:New York City] now';
    expect(carried(text, (input) => [kept(input, 0, 8)])).toBeNull();
    expect(
      carried(text, (input) => [kept(input, 0, 6), put(' '), kept(input, 17), put(' '), kept(input, 7, 16)]),
    ).toBeNull();
    expect(
      carried(text, (input) => [kept(input, 7, 11), put(' '), kept(input, 3, 6), put(' '), kept(input, 12)]),
    ).toBeNull();
    expect(carried(text, (input) => [kept(input, 0, 3), kept(input, 17)])).toBeNull();
    expect(carried(text, () => [])).toBeNull();
    expect(carried('no name', () => [])).toEqual([]);
  });

  it('is there twice where it is said twice, and refused where only half of it is', () => {
    const twice = (from: number) => (input: string) => [kept(input), put(' '), kept(input, from)];
    expect(carried('in [city:New York]', twice(0))).toEqual(['3 New York', '15 New York']);
    expect(carried('in [city:New York]', twice(7))).toBeNull();
  });
});

describe('perturb with entities', () => {
  const hosts = Array.from({ length: 4_000 }, (_, at) => markedRequests[at % markedRequests.length] ?? marked('x'));
  const many = hosts.map((host, at) =>
    perturb(host, { poison: 0.25, noise: 1 }, entityCorpus, (name) => random.stream(9, `${at}/${name}`)),
  );

  it('keeps every entity of what is no poison, each at its place', () => {
    for (const [at, { input, right, kinds, class: ofLog }] of many.entries()) {
      expectTrue(input, right);
      const before = entitiesOf(hosts[at]?.output ?? null).length;
      const after = entitiesOf(right).length;
      if (ofLog === 'poison') continue;
      if (kinds.includes('inner-duplication') || kinds.includes('decision-boundary'))
        expect(after).toBeGreaterThanOrEqual(before);
      else expect(after).toBe(before);
    }
  });

  it('has no entity in a text that took the place of the request', () => {
    const gone = ['off-domain', 'meta-question', 'gibberish', 'empty', 'other-endpoint'] as const;
    const replacedTexts = many.filter(({ kinds }) => gone.some((name) => kinds.includes(name)));
    expect(replacedTexts.length).toBeGreaterThan(100);
    for (const { right, class: ofLog } of replacedTexts) expect([right, ofLog]).toEqual([[], 'poison']);
  });

  it('marks the entities of a request that a hard one quotes', () => {
    const hard = many.flatMap(({ kinds, input, right }) =>
      kinds.join() === 'decision-boundary' ? [{ input, right }] : [],
    );
    expect(hard.length).toBeGreaterThan(20);
    const quoted = hard.filter(({ input, right }) =>
      markedRequests.some(
        (other) => input.includes(other.input) && entitiesOf(right).length > entitiesOf(other.output).length,
      ),
    );
    expect(quoted.length).toBeGreaterThan(hard.length / 2);
  });
});
