import { z } from 'zod';
import { jsonSchema } from '../../domain/base/json.ts';
import { checkProbes, type ProbeRules, proposedProbeSchema } from '../../domain/diagnosis/proposed-probes.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { handedIn } from '../handed-in.ts';
import { changes } from './define-tool.ts';
import type { Tool } from './tool.ts';
import { writtenEffect } from './written-effect.ts';

const given = z.strictObject({ probes: z.array(proposedProbeSchema).min(1).max(100) });

/** Hands in probes. What does not stand is refused, each with its reason; the rest takes the place of earlier ones. */
export function proposeProbes(objects: ObjectStore, rules: ProbeRules): Tool {
  return changes(
    'propose_probes',
    'Hands in probes: traces of the material as they are, or texts of your own after one, with the right answer where it is another. All of them at once: a later call takes the place of an earlier one.',
    given,
    writtenEffect(
      objects,
      ({ probes }) => {
        const { accepted, refused } = checkProbes(probes, rules);
        return jsonSchema.parse({ accepted, refused });
      },
      (written) => handedIn(written),
    ),
  );
}
