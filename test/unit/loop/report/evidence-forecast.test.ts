import { describe, expect, it } from 'vitest';
import { evidenceRates } from '../../../../shared/loop/report/evidence-forecast.ts';
import { daysUntilEnough } from '../../../../shared/loop/report/evidence-rows.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleRecord } from '../../../helpers/record-samples.ts';

const now = Date.parse('2026-02-01T00:00:00Z');
const on = (day: string, fails = false) =>
  sampleRecord(`${day}-${fails}`, {
    timestamp: `${day}T00:00:00Z`,
    ...(fails ? { verdict: 'fail', answer: labelOutput('ham') } : {}),
  });

describe('how fast evidence comes', () => {
  it('is counted over the last four weeks of the log', () => {
    const records = [on('2025-06-01'), on('2026-01-10'), on('2026-01-12', true), on('2026-01-12'), on('2026-01-14')];
    expect(evidenceRates(records, now)).toEqual({ failures: 0.25, records: 1 });
  });

  it('cannot be told within a day, nor from times to come', () => {
    expect(evidenceRates([on('2026-01-10'), on('2026-01-10', true)], now)).toBeNull();
    expect(evidenceRates([on('2026-01-10'), on('2099-01-10')], now)).toBeNull();
    expect(evidenceRates([], now)).toBeNull();
  });

  it('leaves out what is not usable, what never trains and what is of a time to come', () => {
    const records = [on('2026-01-10'), on('2026-01-12')];
    const rates = { failures: 0, records: 1 };
    expect(evidenceRates(records, now)).toEqual(rates);
    const poison = { category: 'poison', kind: 'gibberish', reason: '' } as const;
    const none = [
      { ...on('2026-01-11'), triage: poison },
      { ...on('2026-01-11'), use: 'report' as const },
      on('2026-02-02'),
    ];
    expect(evidenceRates([...records, ...none], now)).toEqual(rates);
    expect(evidenceRates([...records, on('2026-02-01')], now)).toEqual({ failures: 0, records: 3 / 22 });
    expect(evidenceRates([on('2026-01-10'), on('2026-01-11')], now)).toEqual({ failures: 0, records: 2 });
    expect(evidenceRates([on('2026-01-04'), on('2026-01-31'), on('2026-02-01')], now)?.records).toBeCloseTo(2);
  });

  it('says in how many days there is enough', () => {
    const row = { kind: 'failures' as const, name: '', wanted: '', have: 7, need: 20 };
    expect(daysUntilEnough({ ...row, perDay: 2.4 })).toBe(6);
    expect(daysUntilEnough({ ...row, perDay: 500 })).toBe(1);
    expect(daysUntilEnough({ ...row, perDay: 0 })).toBeNull();
    expect(daysUntilEnough({ ...row, perDay: null })).toBeNull();
  });
});
