import { describe, expect, test } from 'vitest';
import { Watcher } from '../../../../cli/serving/watcher.ts';
import type { Watched } from '../../../../shared/operations/watch-champion.ts';

const open: Watched = {
  modelId: 'mail',
  outcome: 'open',
  champion: 'c2',
  predecessor: 'c1',
  count: { test: 'shadow', judged: 400, against: 3, inFavour: 5, share: 0.5, evidence: 0.4 },
  reason: 'shadow: of 400',
};

function watcherOf(answers: readonly (Watched | Error)[]) {
  const looked: string[] = [];
  const said: string[] = [];
  const faults: unknown[] = [];
  const watcher = new Watcher({
    watch: async (modelId) => {
      const answer = answers[looked.push(modelId) - 1] ?? open;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    say: (text) => said.push(text),
    onFault: (error) => faults.push(error),
  });
  const judged = (judgements: number, modelId = 'mail') => watcher.consider([{ modelId, judgements }]);
  return { judged, looked, said, faults };
}

describe('Watcher', () => {
  test('looks after twenty judgements, then once a tenth of what is judged is new', async () => {
    const { judged, looked } = watcherOf([]);
    await judged(19);
    expect(looked).toHaveLength(0);
    await judged(1);
    expect(looked).toHaveLength(1);
    await judged(39);
    expect(looked).toHaveLength(1);
    await judged(1);
    expect(looked).toHaveLength(2);
  });

  test('tells where a champion was moved back, and only then', async () => {
    const { judged, said } = watcherOf([open, { ...open, outcome: 'moved-back', reason: 'shadow:\u001b[2J worse' }]);
    await judged(20);
    expect(said).toEqual([]);
    await judged(40);
    expect(said).toEqual(['The champion c2 of mail was moved back to c1. shadow:\\u001b[2J worse.']);
  });

  test('looks with the next judgements where a run was under way', async () => {
    const { judged, looked } = watcherOf([{ ...open, outcome: 'busy' }]);
    await judged(20);
    await judged(1);
    expect(looked).toHaveLength(2);
  });

  test('tells a fault, and looks at other models all the same', async () => {
    const { judged, looked, faults } = watcherOf([new Error('disk')]);
    await judged(20);
    await judged(20, 'other');
    expect(looked).toEqual(['mail', 'other']);
    expect(faults).toHaveLength(1);
  });
});
