import { z } from 'zod';
import { type ClusterRules, checkClusters, proposedClusterSchema } from '../../domain/diagnosis/proposed-clusters.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { handedIn } from '../handed-in.ts';
import { changes } from './define-tool.ts';
import type { Tool } from './tool.ts';
import { writtenEffect } from './written-effect.ts';

const given = z.strictObject({ clusters: z.array(proposedClusterSchema).min(1).max(100) });

/**
 * Hands in clusters of failures. What does not stand is refused, each with its reason; the rest takes the place of what
 * was handed in before.
 * @param members what the ids of `members` are
 */
export function proposeClusters(objects: ObjectStore, rules: ClusterRules, members: string): Tool {
  return changes(
    'propose_clusters',
    `Hands in clusters of failures, each with title, root cause, reason and members (${members}). All of them at once: a later call takes the place of an earlier one. Failures that you leave out stay where they are.`,
    given,
    writtenEffect(
      objects,
      ({ clusters }) => {
        const { accepted, refused } = checkClusters(clusters, rules);
        return { accepted: accepted.map((one) => ({ ...one })), refused: refused.map((one) => ({ ...one })) };
      },
      (written) => handedIn(written),
    ),
  );
}
