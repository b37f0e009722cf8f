import { digest } from '../base/ids.ts';

/** What a record that trains does in the diagnosis. */
export type DiagnosisPart = 'discovery' | 'probing';

const probingShare = 1 / 3;

/**
 * The part of a near-duplicate group: one third, by salted hash, is kept from the clustering to probe what it found.
 */
export function diagnosisPart(groupId: string, salt: string): DiagnosisPart {
  const fraction = Number.parseInt(digest(salt, 'diagnosis', groupId).slice(0, 13), 16) / 16 ** 13;
  return fraction < probingShare ? 'probing' : 'discovery';
}
