import { describe, expect, it } from 'vitest';
import { planEntities } from '../../../../bench/entities-demo/entities-plan.ts';
import { entityTypes, makeText, textKinds } from '../../../../bench/entities-demo/make-texts.ts';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';
import { entitiesOutput } from '../../../../shared/tasks/extraction/entity.ts';
import { extraction } from '../../../../shared/tasks/extraction/extraction.ts';
import { extractionSpecFrom } from '../../../../shared/tasks/extraction/extraction-spec.ts';

const random = new SeededRandom();
const task = extractionSpecFrom({ labels: entityTypes, outputs: [] });

describe('the texts of the entities demo', () => {
  it('have their entities where they are said to be', () => {
    for (const kind of textKinds) {
      const stream = random.stream(1, kind);
      for (let at = 0; at < 200; at += 1) {
        const { input, output } = makeText(kind, 'all', stream);
        expect([input, extraction.problem(task, input, entitiesOutput(output))]).toEqual([input, null]);
        expect(output.length > 0).toBe(kind !== 'no entity');
        if (kind === 'lower case') for (const { text } of output) expect(text).toBe(text?.toLowerCase());
      }
    }
  });

  it('are the same for a seed, and none is in two parts', () => {
    const plan = planEntities(2, random);
    expect(planEntities(2, new SeededRandom())).toEqual(plan);
    const all = [...plan.training, ...plan.traffic, ...plan.fresh];
    expect(new Set(all.map(({ input }) => input)).size).toBe(all.length);
    expect(new Set(plan.training.map(({ kind }) => kind))).toEqual(new Set(['as before']));
    expect(new Set(plan.traffic.map(({ kind }) => kind))).toEqual(new Set(textKinds));
  });
});
