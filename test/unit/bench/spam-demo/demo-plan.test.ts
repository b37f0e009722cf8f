import { describe, expect, test } from 'vitest';
import { planDemo } from '../../../../bench/spam-demo/demo-plan.ts';
import { type Email, type EmailGroup, emailGroups, sliceOf } from '../../../../bench/spam-demo/load-emails.ts';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';

const sizes: Record<EmailGroup, number> = {
  'easy-ham-1': 900,
  'easy-ham-2': 700,
  'hard-ham-1': 240,
  'spam-1': 450,
  'spam-2': 1_000,
};
const emails = emailGroups.flatMap((group) =>
  Array.from(
    { length: sizes[group] },
    (_, index): Email => ({ emailId: `${group}/${index}`, group, text: `${group} ${index}` }),
  ),
);
const random = new SeededRandom();
const countOf = (dealt: readonly Email[]) =>
  Object.fromEntries([...Map.groupBy(dealt, (email) => email.group)].map(([group, all]) => [group, all.length]));

describe('planDemo', () => {
  const plan = planDemo(emails, 1, random);

  test('deals the groups out as the demo tells', () => {
    expect(countOf(plan.training)).toEqual({ 'easy-ham-1': 300, 'spam-1': 300 });
    expect(countOf(plan.traffic)).toEqual({ 'easy-ham-2': 500, 'hard-ham-1': 160, 'spam-2': 500 });
    expect(plan.fresh['hard-ham']).toHaveLength(80);
    expect(plan.fresh['easy-ham']).toHaveLength(300);
    expect(plan.fresh.spam).toHaveLength(300);
  });

  test('puts no message in two parts, and each fresh one in its slice', () => {
    const dealt = [plan.training, plan.traffic, ...Object.values(plan.fresh)].flat();
    expect(new Set(dealt.map((email) => email.emailId)).size).toBe(dealt.length);
    for (const [slice, members] of Object.entries(plan.fresh)) {
      expect(members.every((email) => sliceOf(email.group) === slice)).toBe(true);
    }
  });

  test('mixes the traffic in time', () => {
    expect(Object.keys(countOf(plan.traffic.slice(0, 50)))).toHaveLength(3);
  });

  test('is the same for the same seed and another for another', () => {
    expect(planDemo(emails, 1, random)).toEqual(plan);
    expect(planDemo(emails, 2, random).traffic).not.toEqual(plan.traffic);
  });
});
