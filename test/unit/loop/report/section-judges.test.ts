import { describe, expect, it } from 'vitest';
import { judgesSection } from '../../../../shared/loop/report/section-judges.ts';
import type { JudgeReport } from '../../../../shared/loop/state/judge-report.ts';

const report: JudgeReport = {
  name: 'llm',
  agreement: { passes: { of: 100, agreed: 95 }, fails: { of: 100, agreed: 90 } },
  counts: true,
  why: 'It agrees.',
  said: { of: 1_000, passes: 695 },
  unusable: 3,
  trouble: null,
  spent: { inputTokens: 120_000, outputTokens: 9_000, usd: 0.165 },
};
const bodyOf = (changed: Partial<JudgeReport> = {}, role: 'judge' | 'second-opinion' = 'judge') =>
  String(judgesSection({ judges: [{ role, report: { ...report, ...changed } }] })?.body ?? '');

describe('what the report tells of judges', () => {
  it('is nothing where the model has none that must agree with people', () => {
    expect(judgesSection({ judges: [] })).toBeNull();
  });

  it('is whether they count, what they found, corrected by how they err, and what that cost', () => {
    const body = bodyOf();
    expect(body).toContain('its verdicts count');
    expect(body).toContain('1,000 answers');
    expect(body).toMatch(/about 70\.0\s% of them are right/);
    expect(body).toContain('3 answers of its own made no sense');
    expect(body).toContain('for $0.1650');
  });

  it('is of a second opinion what it said of suspect judgements, which others had made', () => {
    const body = bodyOf({}, 'second-opinion');
    expect(body).toContain('It judged 1,000 suspect judgements, and passed 695.');
    expect(body).not.toContain('nobody else');
  });

  it('is why they do not count, and what stopped them, with their words as text', () => {
    const body = bodyOf({
      counts: false,
      why: 'Too few.',
      trouble: '<script>alert(1)</script>',
      said: { of: 0, passes: 0 },
    });
    expect(body).toContain('its verdicts do not count');
    expect(body).toContain('Too few.');
    expect(body).not.toContain('<script>');
    expect(body).not.toContain('of them are right');
  });
});
