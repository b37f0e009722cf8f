import type { JudgeKind } from '../../../../shared/domain/traces/judgement.ts';
import type { JudgedRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { CharacterModel } from '../../../../shared/domain/triage/character-model.ts';
import type { CorpusProfile } from '../../../../shared/domain/triage/corpus-profile.ts';
import type { OutOfFold } from '../../../../shared/domain/triage/off-domain.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';

const things = {
  delivery: ['parcel', 'package', 'delivery', 'order', 'shipment'],
  refund: ['refund', 'money back', 'reimbursement', 'repayment', 'return payment'],
  password: ['password', 'login code', 'passcode', 'sign in details', 'account access'],
  invoice: ['invoice', 'bill', 'receipt', 'statement', 'billing document'],
} as const;
export const labels = Object.keys(things).sort() as (keyof typeof things)[];

const frames = [
  'where is the {}',
  'no {} yet',
  'help with {}',
  'about my {}',
  'where can i see the {} from last week',
  'i still have not received my {} and it is late',
  'please help me with the {} for my account',
  'what is going on with the {} that was promised',
  'can you check the {} for me today',
  'there is a problem with the {} again this month',
  'how long does it take to get the {} sorted',
  'the {} is not what i expected at all',
  'my {} has the wrong name on it',
  'could somebody look into the {} before friday',
];
const tails = ['', ' thank you', ' it is urgent', ' for my sister', ' number seven', ' in the shop'];

/** Made-up support traffic: 300 different lower-case requests a label at most. */
export function ordinary(label: keyof typeof things, count: number): string[] {
  const all = frames.flatMap((frame) =>
    tails.flatMap((tail) =>
      things[label].map((thing, at) => `${frame.replace('{}', `${thing} ${things[label][(at + 1) % 5]}`)}${tail}`),
    ),
  );
  return Array.from({ length: count }, (_, at) => all[(at * 11) % all.length] ?? '');
}

/** All ordinary traffic, `each` texts a label. */
export function traffic(each = 100): string[] {
  return labels.flatMap((label) => ordinary(label, each));
}

export interface Made {
  readonly traceId: string;
  readonly input: string;
  readonly given: string;
  readonly answer?: string;
  readonly confidence?: number;
  readonly judge?: JudgeKind;
}

/** A judged record; the champion answered the given label unless told otherwise. */
export function judged(made: Made): JudgedRecord {
  const answer = made.answer ?? made.given;
  const verdict = answer === made.given ? 'pass' : 'fail';
  const judge = { kind: made.judge ?? 'llm', id: 'judge', reason: '' };
  return {
    traceId: made.traceId,
    groupId: 'group',
    folds: [0],
    use: 'evidence',
    timestamp: '2026-01-01T00:00:00Z',
    input: made.input,
    slice: null,
    steps: null,
    recorded: labelOutput(answer),
    judgement: { verdict, expected: verdict === 'fail' ? labelOutput(made.given) : null, judge },
    answer: labelOutput(answer),
    confidence: made.confidence ?? 0.9,
    runnerUp: null,
    verdict,
    expected: labelOutput(made.given),
    judgedBy: judge,
  };
}

/** Out-of-fold probabilities with `top` on one label and the rest spread evenly. */
export function believing(label: string, top = 0.94): OutOfFold {
  return { labels, probabilities: labels.map((other) => (other === label ? top : (1 - top) / (labels.length - 1))) };
}

/** The profile of a traffic of which nothing but this is known. */
export function profileOf(known: Partial<CorpusProfile>): CorpusProfile {
  return {
    texts: 1_000,
    documentFrequency: new Map(),
    lastWords: new Map(),
    characters: new CharacterModel(),
    wordLikelihood: { median: 0, low: 0 },
    length: { median: 0, p95: 0 },
    casing: new Map(),
    closedEnds: 0,
    writings: new Map(),
    languages: new Map(),
    ...known,
  };
}
