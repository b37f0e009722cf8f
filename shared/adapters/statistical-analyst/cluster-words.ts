import { documentFrequencies } from '../../domain/keywords.ts';
import type { UsableRecord } from '../../domain/trace-record.ts';

/** The cluster's keywords that at least a fifth of its members hold, commonest first. */
export function clusterWords(members: readonly UsableRecord[], keywords: readonly string[]): string[] {
  const counts = documentFrequencies(members.map((member) => member.input));
  const common = keywords.filter((word) => (counts.get(word) ?? 0) >= Math.max(2, members.length / 5));
  return common.toSorted((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
}
