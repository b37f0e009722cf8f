import type { Random } from '../../shared/ports/random.ts';
import { type Email, type EmailGroup, type EmailSlice, sliceOf } from './load-emails.ts';

/** Which mail does what. No message is in two parts. */
export interface DemoPlan {
  /** What the filter is first trained on: the mail of 2002, none of it hard. */
  readonly training: readonly Email[];
  /**
   * What the filter then meets in production, in the order of arrival: newer mail, and newsletters that look like spam.
   */
  readonly traffic: readonly Email[];
  /** Mail that no stage ever sees, to measure with. */
  readonly fresh: Readonly<Record<EmailSlice, readonly Email[]>>;
}

const trainingSizes: Partial<Record<EmailGroup, number>> = { 'easy-ham-1': 300, 'spam-1': 300 };
const trafficSizes: Partial<Record<EmailGroup, number>> = { 'easy-ham-2': 500, 'hard-ham-1': 160, 'spam-2': 500 };
const freshSizes: Record<EmailSlice, number> = { 'easy-ham': 300, 'hard-ham': Number.POSITIVE_INFINITY, spam: 300 };

/** Deals the corpus out; the same seed gives the same plan. */
export function planDemo(emails: readonly Email[], seed: number, random: Random): DemoPlan {
  const training: Email[] = [];
  const traffic: Email[] = [];
  const rest: Record<EmailSlice, Email[]> = { 'easy-ham': [], 'hard-ham': [], spam: [] };
  for (const [group, members] of Map.groupBy(emails, (email) => email.group)) {
    const dealt = random.stream(seed, `demo/${group}`).shuffle(members);
    const forTraining = trainingSizes[group] ?? 0;
    const forTraffic = trafficSizes[group] ?? 0;
    training.push(...dealt.slice(0, forTraining));
    traffic.push(...dealt.slice(forTraining, forTraining + forTraffic));
    rest[sliceOf(group)].push(...dealt.slice(forTraining + forTraffic));
  }
  const sample = (slice: EmailSlice): readonly Email[] =>
    random.stream(seed, `demo/fresh/${slice}`).shuffle(rest[slice]).slice(0, freshSizes[slice]);
  return {
    training: random.stream(seed, 'demo/training').shuffle(training),
    traffic: random.stream(seed, 'demo/traffic').shuffle(traffic),
    fresh: { 'easy-ham': sample('easy-ham'), 'hard-ham': sample('hard-ham'), spam: sample('spam') },
  };
}
