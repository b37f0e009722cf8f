import { labelOutput } from '../../../shared/tasks/classification/label.ts';
import { type Email, labelOf, loadEmails } from '../../spam-demo/load-emails.ts';
import type { Material, Scenario } from './scenario.ts';

/** Text of a mail beyond this costs time and says little more. */
const longest = 1_200;
const freshMails = { hard: 80, easy: 410, spam: 410 };

let corpus: Promise<readonly Email[]> | undefined;

/** A spam filter that has seen no newsletters, then meets them: SpamAssassin's public corpus of 2002 and 2003. */
export const spam: Scenario = {
  name: 'spam',
  about: 'a spam filter trained on mail without newsletters and receipts, which then arrive among newer mail',
  foundation: 'none',
  examplesPerLabel: 60,
  freshLimit: 900,
  async load(_data, seed, random): Promise<Material> {
    corpus ??= loadEmails();
    const slices = { hard: [] as Email[], easy: [] as Email[], spam: [] as Email[] };
    for (const email of random.stream(seed, 'adaptft/spam').shuffle(await corpus)) {
      if (email.group === 'hard-ham-1') slices.hard.push(email);
      else if (labelOf(email.group) === 'ham') slices.easy.push(email);
      else slices.spam.push(email);
    }
    const fresh = [
      ...slices.hard.splice(0, freshMails.hard),
      ...slices.easy.splice(0, freshMails.easy),
      ...slices.spam.splice(0, freshMails.spam),
    ];
    const pool = [...slices.hard, ...slices.easy.slice(0, 1_500), ...slices.spam];
    const hard = new Set(slices.hard.map(({ text }) => text.slice(0, longest)));
    return {
      labels: ['ham', 'spam'],
      pool: pool.map(asLabelled),
      fresh: fresh.map(asLabelled),
      first: ({ input }) => !hard.has(input),
    };
  },
};

function asLabelled(email: Email) {
  return { input: email.text.slice(0, longest).toWellFormed(), output: labelOutput(labelOf(email.group)) };
}
