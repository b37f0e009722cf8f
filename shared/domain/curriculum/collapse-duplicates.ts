import type { Output } from '../base/output.ts';
import type { TaskKind } from '../base/task-kind.ts';
import { compareText, normalisedText } from '../base/text.ts';
import type { JudgeKind } from '../traces/judgement.ts';

/** What is known of an input's right output, from one source. */
export interface Claim {
  readonly input: string;
  readonly output: Output;
  readonly judge: JudgeKind | null;
  /** ISO 8601; null for what has no time and counts as oldest. */
  readonly timestamp: string | null;
  /** Among equal claims the lowest stays. */
  readonly preference: number;
  /** Breaks what ties are left, so that order never matters. */
  readonly key: string;
}

export interface Collapsed<T> {
  readonly kept: readonly T[];
  /** Claims that said the same as a kept one. */
  readonly duplicates: number;
  /** Claims that said otherwise and lost, or that nobody could decide between. */
  readonly conflicting: number;
}

/**
 * One claim for each input (by {@link normalisedText}). Where outputs conflict the latest human judgement decides,
 * without one the majority, then the newest; what is then still undecided is dropped whole. Kept claims are in order of
 * key.
 */
export function collapseDuplicates<T extends Claim>(claims: readonly T[], kind: Pick<TaskKind, 'key'>): Collapsed<T> {
  const groups = new Map<string, { claim: T; said: string }[]>();
  for (const claim of claims) {
    const text = normalisedText(claim.input);
    const entry = { claim, said: kind.key(claim.output) };
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [entry]);
    else group.push(entry);
  }
  const kept: T[] = [];
  let duplicates = 0;
  let conflicting = 0;
  for (const group of groups.values()) {
    const decided = decide(group);
    const agreeing = group.filter(({ said }) => said === decided).map(({ claim }) => claim);
    const [best] = agreeing.sort((a, b) => a.preference - b.preference || compareText(a.key, b.key));
    conflicting += group.length - agreeing.length;
    if (best === undefined) continue;
    duplicates += agreeing.length - 1;
    kept.push(best);
  }
  return { kept: kept.sort((a, b) => compareText(a.key, b.key)), duplicates, conflicting };
}

/** A claim with the key of its output. */
interface Said {
  readonly claim: Claim;
  readonly said: string;
}

/** The key of the output that counts; null when nobody can decide. */
function decide(group: readonly Said[]): string | null {
  const human = group.filter(({ claim }) => claim.judge === 'human');
  if (human.length > 0) return newest(human);
  const votes = new Map<string, number>();
  for (const { said } of group) votes.set(said, (votes.get(said) ?? 0) + 1);
  const most = Math.max(...votes.values());
  return newest(group.filter(({ said }) => votes.get(said) === most));
}

/** What the newest claims say; null when they disagree. */
function newest(claims: readonly Said[]): string | null {
  const time = ({ claim }: Said): number =>
    claim.timestamp === null ? Number.NEGATIVE_INFINITY : Date.parse(claim.timestamp);
  const latest = claims.reduce((max, claim) => Math.max(max, time(claim)), Number.NEGATIVE_INFINITY);
  const sayings = new Set(claims.filter((claim) => time(claim) === latest).map(({ said }) => said));
  const [only] = sayings;
  return sayings.size === 1 && only !== undefined ? only : null;
}
