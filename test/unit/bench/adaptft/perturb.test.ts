import { describe, expect, it } from 'vitest';
import * as adversarial from '../../../../bench/adaptft/perturbations/adversarial.ts';
import { Corpus, type Labelled } from '../../../../bench/adaptft/perturbations/corpus.ts';
import type { Edit } from '../../../../bench/adaptft/perturbations/edit.ts';
import { textOf } from '../../../../bench/adaptft/perturbations/edited.ts';
import { type KindName, perturbationKinds } from '../../../../bench/adaptft/perturbations/kinds.ts';
import * as linguistic from '../../../../bench/adaptft/perturbations/linguistic.ts';
import * as offTask from '../../../../bench/adaptft/perturbations/off-task.ts';
import { perturb } from '../../../../bench/adaptft/perturbations/perturb.ts';
import { nearDuplicate } from '../../../../bench/adaptft/perturbations/repetition.ts';
import * as structural from '../../../../bench/adaptft/perturbations/structural.ts';
import { labelTask } from '../../../../bench/adaptft/tasks/label-task.ts';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';
import { labelOf } from '../../../../shared/tasks/classification/label.ts';
import { requests } from './requests.ts';

const random = new SeededRandom();
const corpus = new Corpus(requests, [...new Set(requests.map(({ output }) => labelOf(output)))].sort(), labelTask);
const streamsOf = (index: number) => (name: string) => random.stream(7, `${index}/${name}`);
const words = (text: string) => text.toLowerCase().split(/\s+/).filter(Boolean);

/** Applies an edit to every request. */
function applied(edit: Edit): { before: string; after: string }[] {
  return requests.map(({ input }, index) => {
    const edited = edit(input, streamsOf(index)('edit'), corpus);
    return { before: input, after: edited === null ? input : textOf(edited) };
  });
}

describe('the kinds', () => {
  it('are 33, as in the paper, with its groups and total of rates', () => {
    const sizes = Map.groupBy(perturbationKinds, ({ group }) => group);
    expect([...sizes].map(([group, kinds]) => [group, kinds.length])).toEqual([
      ['linguistic', 8],
      ['structural', 11],
      ['adversarial', 6],
      ['off-task', 6],
      ['repetition', 2],
    ]);
    expect(new Set(perturbationKinds.map(({ name }) => name)).size).toBe(33);
    expect(perturbationKinds.filter((kind) => kind.class === 'poison')).toHaveLength(12);
    expect(perturbationKinds.filter((kind) => kind.class === 'hard').map(({ name }) => name)).toEqual([
      'decision-boundary',
    ]);
  });

  const changes: readonly (readonly [string, Edit, (before: string, after: string) => boolean])[] = [
    [
      'typos',
      linguistic.typos,
      (before, after) => words(before).length === words(after).length && before[0] === after[0],
    ],
    [
      'phonetic misspelling',
      linguistic.phoneticMisspelling,
      (before, after) => words(before).length === words(after).length,
    ],
    [
      'broken syntax',
      linguistic.brokenSyntax,
      (before, after) => words(before).sort().join() === words(after).sort().join(),
    ],
    [
      'punctuation',
      linguistic.punctuationAbuse,
      (before, after) => letters(before) === letters(after) && marks(after) > marks(before),
    ],
    ['casing', linguistic.casing, (before, after) => before.toLowerCase() === after.toLowerCase()],
    [
      'preamble',
      structural.preamble,
      (before, after) => after.endsWith(before) && words(after).length > words(before).length,
    ],
    ['format request', structural.formatRequest, (before, after) => after.includes(before)],
    [
      'truncation',
      structural.truncation,
      (before, after) => before.startsWith(after) && 2 * after.length >= before.length,
    ],
    ['HTML', structural.htmlRemnants, (before, after) => /<[^>]+>|&\w+;/.test(after) && includesWords(after, before)],
    [
      'inner duplication',
      structural.innerDuplication,
      (before, after) =>
        words(after).length > words(before).length && new Set(words(after)).size === new Set(words(before)).size,
    ],
    [
      'very long',
      structural.veryLong,
      (before, after) => after.includes(before) && words(after).length > 2 * corpus.medianWords,
    ],
    [
      'leaked metadata',
      structural.leakedMetadata,
      (before, after) => after.includes(before) && after.length > before.length,
    ],
    ['false premise', adversarial.falsePremise, (before, after) => after.includes(before)],
    ['prompt injection', adversarial.promptInjection, (before, after) => after.includes(before)],
    ['other endpoint', adversarial.otherEndpoint, (before, after) => !after.includes(before)],
    ['off-domain', offTask.offDomain, (before, after) => !after.includes(before)],
    ['meta question', offTask.metaQuestion, (before, after) => !after.includes(before)],
    [
      'gibberish',
      offTask.gibberish,
      (before, after) => !words(after).some((word) => words(before).includes(word) && word.length > 3),
    ],
    ['empty', offTask.empty, (_, after) => after.trim().length <= 4],
  ];

  it.each(changes)('%s does what it says, nearly always, and never else', (_, edit, holds) => {
    const results = applied(edit);
    const changed = results.filter(({ before, after }) => before !== after);
    expect(changed.length).toBeGreaterThan(0.95 * results.length);
    expect(changed.filter(({ before, after }) => !holds(before, after))).toEqual([]);
  });

  it.each([
    ['grammar', linguistic.grammar],
    ['slang', linguistic.slang],
    ['code-switching', linguistic.codeSwitching],
    ['OCR', structural.ocrConfusion],
    ['encoding', structural.encodingAnomaly],
    ['jailbreak', adversarial.jailbreak],
    ['assumed context', offTask.assumedContext],
    ['missing modality', offTask.missingModality],
  ] as const)('%s changes nearly every text', (_, edit) => {
    const results = applied(edit);
    expect(results.filter(({ before, after }) => before !== after).length).toBeGreaterThan(0.95 * results.length);
  });

  it('keeps near-duplicates at a word-set Jaccard similarity of 0.8 or more', () => {
    for (const { before, after } of applied(nearDuplicate)) {
      const [a, b] = [new Set(words(before)), new Set(words(after))];
      expect(a.intersection(b).size / a.union(b).size).toBeGreaterThanOrEqual(0.8);
      expect(after).not.toBe(before);
    }
  });

  it('makes a decision boundary of an input of another label, and keeps its own', () => {
    const host = requests[0] as Labelled;
    const quoting = adversarial.decisionBoundary(host, streamsOf(1)('boundary'), corpus);
    const made = textOf(quoting?.own ?? []);
    expect(textOf(quoting?.ofQuoted ?? [])).toBe(made);
    const quoted = requests.filter(({ input }) => input !== host.input && made.includes(input));
    expect(made).toContain(host.input);
    expect(quoted.length).toBeGreaterThan(0);
    expect(quoted.some(({ output }) => output !== host.output)).toBe(true);
  });
});

describe('perturb', () => {
  const many = Array.from({ length: 6_000 }, (_, index) =>
    perturb(requests[index % requests.length] as Labelled, { poison: 0.25, noise: 1 }, corpus, streamsOf(index)),
  );

  it('rolls each fixable kind at its own rate, within four binomial standard errors', () => {
    const repeating: readonly KindName[] = ['retry-storm', 'near-duplicate', 'exact-duplicate'];
    const eligible = many.filter(({ kinds }) => !kinds.includes('empty'));
    for (const { name, rate, class: ofKind } of perturbationKinds) {
      if (ofKind !== 'fixable' || repeating.includes(name)) continue;
      const share = eligible.filter(({ kinds }) => kinds.includes(name)).length / eligible.length;
      const error = Math.sqrt((rate * (1 - rate)) / eligible.length);
      // A kind is named only where it could change something, so a little less than its rate is in order.
      expect(share, name).toBeLessThan(rate + 4 * error);
      expect(share, name).toBeGreaterThan(0.9 * rate - 4 * error);
    }
  });

  it('gives a quarter one poison kind, in proportion to the default rates, and never two', () => {
    const poison = perturbationKinds.filter((kind) => kind.class === 'poison');
    const total = poison.reduce((sum, { rate }) => sum + rate, 0);
    const names = new Set<KindName>(poison.map(({ name }) => name));
    const poisoned = many.filter((each) => each.class === 'poison');
    expect(Math.abs(poisoned.length / many.length - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / many.length));
    expect(poisoned.every(({ kinds }) => kinds.filter((kind) => names.has(kind)).length === 1)).toBe(true);
    expect(
      many.filter((each) => each.class !== 'poison').some(({ kinds }) => kinds.some((kind) => names.has(kind))),
    ).toBe(false);
    for (const { name, rate } of poison) {
      const expected = rate / total;
      const share = poisoned.filter(({ kinds }) => kinds.includes(name)).length / poisoned.length;
      expect(Math.abs(share - expected), name).toBeLessThan(
        4.5 * Math.sqrt((expected * (1 - expected)) / poisoned.length),
      );
    }
  });

  it('lets kinds come together, and names what it did', () => {
    expect(many.some(({ kinds }) => kinds.length >= 3)).toBe(true);
    for (const [index, { kinds, input, right, class: ofLog }] of many.entries()) {
      const host = requests[index % requests.length] as Labelled;
      if (kinds.length === 0) expect([input, right, ofLog]).toEqual([host.input, host.output, 'clean']);
      else if (!kinds.includes('label-flip')) expect(input).not.toBe(host.input);
      if (ofLog === 'fixable' || ofLog === 'hard') expect(right).toBe(host.output);
    }
  });

  it('leaves an input alone where nothing is asked for', () => {
    const host = requests[3] as Labelled;
    expect(perturb(host, { poison: 0, noise: 0 }, corpus, streamsOf(1))).toMatchObject({
      input: host.input,
      kinds: [],
    });
  });
});

function letters(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function marks(text: string): number {
  return text.match(/[.?!,;:*<>]/g)?.length ?? 0;
}

function includesWords(text: string, part: string): boolean {
  return words(part).every((word) => text.toLowerCase().includes(word));
}
