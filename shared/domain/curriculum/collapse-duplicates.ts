import { compareText, normalisedText } from '../base/text.ts';
import type { Output } from '../models/task.ts';
import type { JudgeKind } from '../traces/judgement.ts';

/** What is known of an input's right output, from one source. */
export interface Claim {
  readonly input: string;
  readonly output: Output;
  readonly judge: JudgeKind | null;
  /** ISO 8601; empty for what has no time and counts as oldest. */
  readonly timestamp: string;
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
 * One claim for each input (by {@link normalisedText}). Where outputs conflict the latest human judgement decides, without
 * one the majority, then the newest; what is then still undecided is dropped whole. Kept claims are in order of key.
 */
export function collapseDuplicates<T extends Claim>(claims: readonly T[]): Collapsed<T> {
  const groups = new Map<string, T[]>();
  for (const claim of claims) {
    const text = normalisedText(claim.input);
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [claim]);
    else group.push(claim);
  }
  const kept: T[] = [];
  let duplicates = 0;
  let conflicting = 0;
  for (const group of groups.values()) {
    const output = decide(group);
    const agreeing = group.filter((claim) => claim.output === output);
    const [best] = agreeing.sort((a, b) => a.preference - b.preference || compareText(a.key, b.key));
    conflicting += group.length - agreeing.length;
    if (best === undefined) continue;
    duplicates += agreeing.length - 1;
    kept.push(best);
  }
  return { kept: kept.sort((a, b) => compareText(a.key, b.key)), duplicates, conflicting };
}

function decide(group: readonly Claim[]): Output | null {
  const human = group.filter((claim) => claim.judge === 'human');
  if (human.length > 0) return newest(human);
  const votes = new Map<Output, number>();
  for (const { output } of group) votes.set(output, (votes.get(output) ?? 0) + 1);
  const most = Math.max(...votes.values());
  return newest(group.filter((claim) => votes.get(claim.output) === most));
}

/** The output of the newest claims; null when they disagree. */
function newest(claims: readonly Claim[]): Output | null {
  const time = (claim: Claim): number =>
    claim.timestamp === '' ? Number.NEGATIVE_INFINITY : Date.parse(claim.timestamp);
  const latest = claims.reduce((max, claim) => Math.max(max, time(claim)), Number.NEGATIVE_INFINITY);
  const outputs = new Set(claims.filter((claim) => time(claim) === latest).map((claim) => claim.output));
  const [only] = outputs;
  return outputs.size === 1 && only !== undefined ? only : null;
}
