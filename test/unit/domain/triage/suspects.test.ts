import { describe, expect, test } from 'vitest';
import type { Suspect, SuspectRecord } from '../../../../shared/domain/triage/suspect.ts';
import { findSuspects } from '../../../../shared/domain/triage/suspects.ts';
import { labels, ordinary } from './fixtures.ts';

type Label = (typeof labels)[number];

/** Out-of-fold probabilities in the order of the labels; what is not named shares the rest. */
function odds(named: Partial<Record<Label, number>>): number[] {
  const rest = 1 - Object.values(named).reduce((sum, p) => sum + p, 0);
  const open = labels.length - Object.keys(named).length;
  return labels.map((label) => named[label] ?? rest / open);
}

function record(
  traceId: string,
  input: string,
  given: Label,
  probabilities: number[],
  over: Partial<SuspectRecord> = {},
): SuspectRecord {
  return {
    traceId,
    input,
    given,
    judgeKind: 'llm',
    answer: given,
    confidence: 0.9,
    probabilities,
    agreedOnly: probabilities,
    ...over,
  };
}

/** Passing traffic that the model knows well. */
function passes(label: Label, count: number, from = 0): SuspectRecord[] {
  return ordinary(label, from + count)
    .slice(from)
    .map((input, at) => record(`${label}-${from + at}`, input, label, odds({ [label]: 0.9 + (at % 9) / 100 })));
}

function all(): SuspectRecord[] {
  return labels.flatMap((label) => passes(label, 100));
}

function kinds(suspects: ReadonlyMap<string, Suspect>, prefix: string): string[] {
  return [...suspects].filter(([traceId]) => traceId.startsWith(prefix)).map(([, { kind }]) => kind);
}

describe('findSuspects', () => {
  test('suspects nothing where labels and model agree, nor where there is too little to go by', () => {
    expect(findSuspects({ labels, records: all(), trusted: [] }).size).toBe(0);
    expect(findSuspects({ labels, records: passes('delivery', 20), trusted: [] }).size).toBe(0);
    expect(findSuspects({ labels: ['refund'], records: [], trusted: [] }).size).toBe(0);
  });

  const wrong: Label[] = ['invoice', 'password', 'refund'];
  const flips = ordinary('delivery', 121)
    .slice(100)
    .map((input, at) =>
      record(`flip-${at}`, input, wrong[at % 3] ?? 'refund', odds({ delivery: 0.99 }), { answer: 'delivery' }),
    );

  test('finds scattered wrong corrections and says what they probably should be', () => {
    const suspects = findSuspects({ labels, records: [...all(), ...flips], trusted: [] });
    expect(suspects.size).toBeGreaterThan(0.9 * flips.length);
    expect([...suspects.keys()].every((traceId) => traceId.startsWith('flip-'))).toBe(true);
    expect(suspects.get('flip-0')).toMatchObject({ kind: 'flipped-label', likely: 'delivery' });
  });

  test('suspects nobody for failures that a model makes as often where labels are trusted', () => {
    const clear = labels.flatMap((given) =>
      Array.from({ length: 40 }, () => ({ given, probabilities: odds({ [given]: 0.9 }) })),
    );
    const muddled = clear.map((example, at) =>
      at % 10 === 0 ? { ...example, probabilities: odds({ refund: 0.5, delivery: 0.5 }) } : example,
    );
    const records = [...all(), ...flips];
    expect(findSuspects({ labels, records, trusted: clear }).size).toBeGreaterThan(0.9 * flips.length);
    expect(findSuspects({ labels, records, trusted: muddled }).size).toBe(0);
  });

  test('never suspects a person', () => {
    const records = [...all(), ...flips.map((flip) => ({ ...flip, judgeKind: 'human' as const }))];
    expect(findSuspects({ labels, records, trusted: [] }).size).toBe(0);
  });

  test('keeps hard failures that the model finds second best, also among wrong corrections', () => {
    const hard = ordinary('refund', 120)
      .slice(100)
      .map((input, at) =>
        record(`hard-${at}`, `${input} with the bill`, 'refund', odds({ invoice: 0.6, refund: 0.36 }), {
          answer: 'invoice',
        }),
      );
    expect(kinds(findSuspects({ labels, records: [...all(), ...flips, ...hard], trusted: [] }), 'hard-')).toEqual([]);
  });

  test('keeps a correction that its neighbours bear out, however sure the model is of another label', () => {
    const novel = Array.from({ length: 6 }, (_, at) =>
      record(
        `novel-${at}`,
        `gift voucher code ${['red', 'blue', 'green', 'black', 'white', 'grey'][at]} shows nothing`,
        'refund',
        odds({ password: 0.99 }),
        {
          answer: 'password',
        },
      ),
    );
    expect(kinds(findSuspects({ labels, records: [...all(), ...flips, ...novel], trusted: [] }), 'novel-')).toEqual([]);
  });
});

describe('a judge that writes one label for another by rule', () => {
  /** Half of the delivery traffic passes, half is corrected to "invoice"; the model cannot tell which. */
  function muddle(at: number): number[] {
    return odds({ delivery: 0.5 + ((at * 7) % 20) / 100 - 0.1, invoice: 0.44 - ((at * 7) % 20) / 100 + 0.1 });
  }
  const delivery = ordinary('delivery', 160);
  const passed = delivery
    .filter((_, at) => at % 2 === 0)
    .map((input, at) => record(`passed-${at}`, input, 'delivery', muddle(at)));
  const relabelled = delivery
    .filter((_, at) => at % 2 === 1)
    .map((input, at) => record(`relabelled-${at}`, input, 'invoice', muddle(at + 3), { answer: 'delivery' }));
  const others = labels.filter((label) => label !== 'delivery').flatMap((label) => passes(label, 100));

  test('is found when its corrections lie amid passes of the label that it takes for another', () => {
    const suspects = findSuspects({ labels, records: [...others, ...passed, ...relabelled], trusted: [] });
    const found = kinds(suspects, 'relabelled-');
    expect(found.length).toBeGreaterThan(0.8 * relabelled.length);
    expect(new Set(found)).toEqual(new Set(['systematic-relabel']));
    expect(kinds(suspects, 'passed-')).toEqual([]);
    expect(suspects.get('relabelled-5')).toMatchObject({ likely: 'delivery' });
  });

  test('is not seen where the model takes one label for the other as often among trusted examples', () => {
    const trusted = (taken: number) =>
      labels.flatMap((given) =>
        Array.from({ length: 40 }, (_, at) => ({
          given,
          probabilities: odds({ [given === 'invoice' && at < taken ? 'delivery' : given]: 0.9 }),
        })),
      );
    const records = [...others, ...passed, ...relabelled];
    expect(kinds(findSuspects({ labels, records, trusted: trusted(1) }), 'relabelled-')).not.toEqual([]);
    expect(kinds(findSuspects({ labels, records, trusted: trusted(20) }), 'relabelled-')).toEqual([]);
  });

  test('is found in part when it writes the wrong label where the champion was wrong as well', () => {
    const slips = ordinary('delivery', 130)
      .slice(100)
      .map((input, at) =>
        record(`slip-${at}`, input, 'invoice', odds({ invoice: 0.6, delivery: 0.3 }), { answer: 'password' }),
      );
    const suspects = findSuspects({ labels, records: [...all(), ...slips], trusted: [] });
    expect(kinds(suspects, 'slip-').length).toBeGreaterThanOrEqual(0.4 * slips.length);
    expect(
      [...suspects.values()].every(({ kind, likely }) => kind === 'systematic-relabel' && likely === 'delivery'),
    ).toBe(true);
  });

  test('is found where models have learnt its mistake, by the model that learnt from agreed records alone', () => {
    const learnt = labels.flatMap((right, at) => {
      const given = labels[(at + 1) % labels.length] ?? right;
      return ordinary(right, 107)
        .slice(100)
        .map((input, n) =>
          record(`learnt-${at}-${n}`, input, given, odds({ [given]: 0.6, [right]: 0.38 }), {
            answer: right,
            agreedOnly: odds({ [right]: 0.99 }),
          }),
        );
    });
    const unaware = learnt.map((each) => ({ ...each, agreedOnly: each.probabilities }));
    expect(kinds(findSuspects({ labels, records: [...all(), ...unaware], trusted: [] }), 'learnt-')).toEqual([]);
    const suspects = findSuspects({ labels, records: [...all(), ...learnt], trusted: [] });
    expect(kinds(suspects, 'learnt-').length).toBeGreaterThan(0.8 * learnt.length);
    expect(suspects.get('learnt-0-0')).toMatchObject({ likely: labels[0] });
    expect([...suspects.keys()].every((traceId) => traceId.startsWith('learnt-'))).toBe(true);
  });

  test('is not seen in a region of its own, whose nearest agreed records happen to say a third label', () => {
    const words = [
      'weekly',
      'digest',
      'stories',
      'readers',
      'editor',
      'issue',
      'column',
      'letters',
      'archive',
      'press',
    ];
    const region = Array.from({ length: 60 }, (_, at) => {
      const text = Array.from({ length: 6 }, (_, word) => words[(at * 3 + word * (1 + (at % 4))) % words.length]);
      return record(`region-${at}`, `the parcel of the ${text.join(' ')} ${at}`, 'invoice', odds({ invoice: 0.9 }), {
        answer: 'password',
        confidence: 0.5,
        agreedOnly: odds({ password: 0.5, invoice: 0.2 }),
      });
    });
    expect(kinds(findSuspects({ labels, records: [...all(), ...region], trusted: [] }), 'region-')).toEqual([]);
  });

  test('is not seen in a drifted slice that the champion takes for another label with confidence', () => {
    const slice = Array.from({ length: 60 }, (_, at) => {
      const words = [
        'weekly',
        'digest',
        'stories',
        'readers',
        'editor',
        'unsubscribe',
        'issue',
        'column',
        'letters',
        'archive',
      ];
      const text = Array.from({ length: 6 }, (_, word) => words[(at * 3 + word * (1 + (at % 4))) % words.length]).join(
        ' ',
      );
      return record(`drift-${at}`, `${text} ${at}`, 'invoice', odds({ invoice: 0.8, delivery: 0.15 }), {
        answer: 'delivery',
        confidence: 0.97,
      });
    });
    expect(kinds(findSuspects({ labels, records: [...all(), ...slice], trusted: [] }), 'drift-')).toEqual([]);
  });

  test('is not seen in a drifted slice even where the model has not learnt the corrections yet', () => {
    const slice = Array.from({ length: 60 }, (_, at) => {
      const words = [
        'weekly',
        'digest',
        'stories',
        'readers',
        'editor',
        'unsubscribe',
        'issue',
        'column',
        'letters',
        'archive',
      ];
      const text = Array.from({ length: 6 }, (_, word) => words[(at * 3 + word * (1 + (at % 4))) % words.length]).join(
        ' ',
      );
      return record(`drift-${at}`, `${text} ${at}`, 'invoice', odds({ invoice: 0.05, delivery: 0.93 }), {
        answer: 'delivery',
        confidence: 0.97,
      });
    });
    expect(kinds(findSuspects({ labels, records: [...all(), ...slice], trusted: [] }), 'drift-')).toEqual([]);
  });
});
