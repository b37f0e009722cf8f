import { describe, expect, it } from 'vitest';
import type { OutOfFold } from '../../../../shared/domain/triage/off-domain.ts';
import type { SaidRecord } from '../../../../shared/domain/triage/one-judge.ts';
import { canWitness, flowsOfOneJudge, heldOf, isTurned } from '../../../../shared/domain/triage/turned-labels.ts';

const labels = ['a', 'b', 'c'];

/** Sure of one label by so much, the rest shared. */
function believing(label: string, p = 0.8): OutOfFold {
  return { labels, probabilities: labels.map((each) => (each === label ? p : (1 - p) / 2)) };
}

/** So many records that the first examples call by one label and a judge by another. */
function said(count: number, by: { like: string; given: string; judges: readonly string[] }, from = 0): SaidRecord[] {
  return Array.from({ length: count }, (_, at) => {
    const name = `${by.like}-${by.given}-${by.judges[0]}-${from + at}`;
    const trusted = believing(by.like);
    return { traceId: name, groupId: name, input: name, given: by.given, judges: by.judges, trusted };
  });
}

const ana = ['human/ana'];
const none = new Set<string>();
const turnedByAna = [
  ...said(12, { like: 'a', given: 'b', judges: ana }),
  ...said(8, { like: 'a', given: 'a', judges: ana }),
  ...said(20, { like: 'b', given: 'b', judges: ana }),
];
const flow = { judge: 'human/ana', from: 'a', to: 'b', turned: 12, of: 20 };

describe('a flow of one judge', () => {
  it('is what it says against the first examples, counted by near-duplicate groups', () => {
    expect(flowsOfOneJudge(turnedByAna, none)).toEqual([flow]);
    const flood = turnedByAna.map((record) => (record.given === 'b' ? { ...record, groupId: 'one' } : record));
    expect(flowsOfOneJudge(flood, none)).toEqual([]);
  });

  it('is none below five groups, nor where it may be a tenth', () => {
    const left = (count: number) => said(count, { like: 'a', given: 'a', judges: ana });
    expect(flowsOfOneJudge([...said(4, { like: 'a', given: 'b', judges: ana }), ...left(4)], none)).toEqual([]);
    expect(flowsOfOneJudge([...said(5, { like: 'a', given: 'b', judges: ana }), ...left(4)], none)).toHaveLength(1);
    expect(flowsOfOneJudge([...said(12, { like: 'a', given: 'b', judges: ana }), ...left(88)], none)).toEqual([]);
  });

  it('is borne out by another judge who says so of three groups, as often in its own share', () => {
    const other = (given: string) => ({ like: 'a', given, judges: ['llm/second'] });
    expect(flowsOfOneJudge([...turnedByAna, ...said(3, other('b'))], none)).toEqual([]);
    expect(flowsOfOneJudge([...turnedByAna, ...said(2, other('b'))], none)).toEqual([flow]);
    expect(flowsOfOneJudge([...turnedByAna, ...said(3, other('b')), ...said(30, other('a'))], none)).toEqual([flow]);
  });

  it('is borne out by another who says the same of the very traces', () => {
    const both = turnedByAna.map((record, at) => (at < 3 ? { ...record, judges: [...ana, 'human/ben'] } : record));
    expect(flowsOfOneJudge(both, none)).toEqual([]);
  });

  it('is none where people have confirmed it', () => {
    expect(flowsOfOneJudge(turnedByAna, new Set(['a > b']))).toEqual([]);
    expect(flowsOfOneJudge(turnedByAna, new Set(['b > a']))).toEqual([flow]);
  });
});

describe('first examples bear witness', () => {
  const asked = (label: string, ...sure: number[]) => sure.map((p) => ({ label, said: believing('b', p) }));
  const labelsOf = { from: 'a', to: 'b' };

  it('of labels that models of the others tell apart, for the better part', () => {
    expect(canWitness(labelsOf, [...asked('a', 0.1, 0.2), ...asked('b', 0.6, 0.9)])).toBe(true);
    expect(canWitness(labelsOf, [...asked('a', 0.1, 0.7), ...asked('b', 0.6, 0.9)])).toBe(true);
    expect(canWitness(labelsOf, [...asked('a', 0.1, 0.8), ...asked('b', 0.1, 0.9)])).toBe(false);
  });

  it('of none that are two names of one thing, nor of a label that has none', () => {
    expect(canWitness(labelsOf, [...asked('a', 0.3, 0.6), ...asked('b', 0.3, 0.6)])).toBe(false);
    expect(canWitness(labelsOf, asked('a', 0.1, 0.2))).toBe(false);
  });
});

describe('a label is turned', () => {
  const screen = (lean: (record: SaidRecord, at: number) => OutOfFold, example: OutOfFold) => ({
    records: new Map(turnedByAna.map((record, at) => [record.traceId, lean(record, at)])),
    examples: [{ label: 'a', said: example }],
  });

  it('where nothing tells the turned texts from the others', () => {
    const alike = screen((_, at) => believing('b', 0.4 + 0.01 * (at % 5)), believing('b', 0.42));
    expect(isTurned(flow, turnedByAna, alike)).toBe(true);
    expect(isTurned(flow, turnedByAna, { ...alike, records: new Map() })).toBe(false);
  });

  it('and not where what the judge says can be learnt, the first examples being few', () => {
    const told = screen(({ given }) => believing(given), believing('a'));
    expect(isTurned(flow, turnedByAna, told)).toBe(false);
  });

  it('also where the judge leaves none, by the first examples alone', () => {
    const all = turnedByAna.filter(({ given }) => given === 'b');
    expect(
      isTurned(
        flow,
        all,
        screen(() => believing('b'), believing('b')),
      ),
    ).toBe(true);
    expect(
      isTurned(
        flow,
        all,
        screen(() => believing('b'), believing('a')),
      ),
    ).toBe(false);
  });
});

it('what is held is what the judge turns of texts nearer to the label, with its reason and what it comes to', () => {
  const held = heldOf(flow, [...turnedByAna, ...said(3, { like: 'a', given: 'b', judges: ['llm/second'] })]);
  expect(held.size).toBe(12);
  const [triage] = held.values();
  expect(triage).toMatchObject({
    category: 'suspect-judgement',
    kind: 'turned-label',
    suspect: { likely: 'a' },
    alone: { judge: 'human/ana', from: 'a', word: null, to: 'b', turned: 12, of: 20 },
  });
  expect(triage?.reason).toBe(
    'human/ana alone says "b" of 12 in 20 texts that are like the first examples of "a" and cannot be told from the ' +
      'others; held until another judge says so too, or ratchet settings MODEL confirmed="a > b"',
  );
  expect(triage?.suspect?.probability).toBeCloseTo(0.8 / 0.9, 10);
  const undecided = said(1, { like: 'c', given: 'b', judges: ana });
  expect(heldOf(flow, undecided).size).toBe(0);
});
