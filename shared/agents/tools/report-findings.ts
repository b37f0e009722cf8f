import { z } from 'zod';
import { jsonSchema } from '../../domain/base/json.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Case } from '../case.ts';
import { handedIn } from '../handed-in.ts';
import { shownText } from '../shown-text.ts';
import { changes } from './define-tool.ts';
import type { Tool } from './tool.ts';
import { writtenEffect } from './written-effect.ts';

const proposed = z.strictObject({
  finding: z.string().trim().min(1).max(300).describe('a sentence or two'),
  traceIds: z.array(z.string().max(500)).min(1).max(20).describe('traces that show it'),
});
const given = z.strictObject({ findings: z.array(proposed).min(1).max(20) });
export const findingSchema = z.strictObject({ finding: z.string(), traceIds: z.array(z.string()) });

const mostFindings = 8;

/** Hands in what a sub-agent found: findings that name traces it could look at, and read as no instructions. */
export function reportFindings(objects: ObjectStore, cases: ReadonlyMap<string, Case>): Tool {
  return changes(
    'report_findings',
    `Hands in what you found, at most ${mostFindings} findings, each with traces that show it. All of them at once: a later call takes the place of an earlier one.`,
    given,
    writtenEffect(
      objects,
      ({ findings }) => {
        const accepted: z.infer<typeof findingSchema>[] = [];
        const refused: { index: number; why: string }[] = [];
        for (const [index, { finding, traceIds }] of findings.entries()) {
          const unknown = traceIds.filter((id) => !cases.has(id)).length;
          if (accepted.length >= mostFindings) refused.push({ index, why: `${mostFindings} findings are enough` });
          else if (unknown > 0) refused.push({ index, why: `${unknown} of its traces are not here` });
          else if (shownText(finding) !== finding)
            refused.push({ index, why: 'it reads like instructions to a model' });
          else accepted.push({ finding, traceIds: [...new Set(traceIds)] });
        }
        return jsonSchema.parse({ accepted, refused });
      },
      (written) => handedIn(written),
    ),
  );
}
