import { beforeEach, describe, expect, test } from 'vitest';
import { moveChampion } from '../../../shared/domain/models/control.ts';
import { defaultSettings } from '../../../shared/domain/models/settings.ts';
import { updateControl } from '../../../shared/operations/control-item.ts';
import { rollbackChampion } from '../../../shared/operations/rollback-champion.ts';
import type { JournalEntry, TraceJournal } from '../../../shared/ports/trace-journal.ts';
import { createServingApp } from '../../../shared/serving/app.ts';
import { answerInputs } from '../../../shared/serving/predictions.ts';
import { ServedModels } from '../../../shared/serving/served-models.ts';
import { sampleCheckpoint, sampleModel } from '../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';

let ports: MemoryPorts;
let kept: JournalEntry[];
const journal: TraceJournal = {
  async append(entries) {
    kept.push(...entries);
  },
  close: async () => [],
};

beforeEach(async () => {
  kept = [];
  ports = memoryPorts({ answer: (_, { ref }) => (ref === 'new' ? 'spam' : 'ham') });
});

async function promoteWith(afterPromotion: 'shadow' | 'canary', share: number | null): Promise<void> {
  await ports.lineage.createModel(sampleModel({ settings: { ...defaultSettings, afterPromotion } }));
  for (const checkpointId of ['old', 'new']) {
    const served = { predictor: [...ports.predictors.keys()][0] ?? '', ref: checkpointId, digest: null };
    await ports.lineage.putCheckpoint(sampleCheckpoint({ checkpointId, served }));
  }
  const moves = [
    { to: 'old', kind: 'create' as const },
    { to: 'new', kind: 'promote' as const, watch: { share } },
  ];
  for (const move of moves) {
    const head = { at: new Date(ports.clock.now()).toISOString(), by: 'r1', reason: 'x' };
    await updateControl('m1', ports, (control) => moveChampion(control, { ...head, ...move }));
  }
}

const request = { inputs: ['x'], record: true };

/** Numbers between 0 and 1, in turn. */
function drawn(...numbers: readonly number[]): () => number {
  let at = -1;
  return () => {
    at += 1;
    return numbers[at % numbers.length] ?? 0;
  };
}

describe('a canary', () => {
  test('answers its share of the inputs, its predecessor the rest, in their order, and each trace says by which', async () => {
    await promoteWith('canary', 0.2);
    const served = await new ServedModels(ports).get('m1');
    const inputs = ['a', 'b', 'c', 'd'];
    const answers = await answerInputs(
      inputs,
      { ...request, inputs },
      served,
      journal,
      ports,
      drawn(0.9, 0.1, 0.19, 0.2),
    );
    expect(answers?.map(({ output, checkpoint }) => [output, checkpoint])).toEqual([
      ['ham', 'old'],
      ['spam', undefined],
      ['spam', undefined],
      ['ham', 'old'],
    ]);
    const traces = kept.flatMap((entry) => (entry.kind === 'trace' ? [entry.trace] : []));
    expect(traces.map(({ input, output, checkpointId }) => [input, output, checkpointId])).toEqual([
      ['a', 'ham', 'old'],
      ['b', 'spam', 'new'],
      ['c', 'spam', 'new'],
      ['d', 'ham', 'old'],
    ]);
  });

  test('ends with a rollback, within a second', async () => {
    await promoteWith('canary', 0.5);
    const models = new ServedModels(ports);
    expect((await models.get('m1')).canary?.predecessor.checkpoint.checkpointId).toBe('old');
    await rollbackChampion({ modelId: 'm1', to: 'old', by: 'ratchet', reason: 'canary: worse' }, ports);
    ports.clock.advance(1_001);
    const after = await models.get('m1');
    expect(after).toMatchObject({ canary: null, checkpoint: { checkpointId: 'old' } });
  });

  test('ends with a rollback at once where the clock was set back since', async () => {
    await promoteWith('canary', 0.5);
    const models = new ServedModels(ports);
    ports.clock.advance(365 * 86_400_000);
    await models.get('m1');
    ports.clock.advance(-365 * 86_400_000);
    await rollbackChampion({ modelId: 'm1', to: 'old', by: 'ratchet', reason: 'canary: worse' }, ports);
    expect(await models.get('m1')).toMatchObject({ canary: null, checkpoint: { checkpointId: 'old' } });
  });

  test('is none where the champion is watched by asking its predecessor, or was watched long enough', async () => {
    await promoteWith('shadow', 0.2);
    expect((await new ServedModels(ports).get('m1')).canary).toBeNull();
    await updateControl('m1', ports, (control) => {
      const evidence = { test: 'canary' as const, judged: 9, against: 0, inFavour: 0, share: 0.2, evidence: 1 };
      const moves = control.moves.map((move) => ({ ...move, watch: { share: 0.2, held: { at: move.at, evidence } } }));
      return { ...control, version: control.version + 1, moves };
    });
    expect((await new ServedModels(ports).get('m1')).canary).toBeNull();
  });

  test('is told over HTTP: the checkpoint that answered stands with each answer', async () => {
    await promoteWith('canary', 0.5);
    const app = createServingApp({ ports, access: { token: null, hosts: null }, journal, onFault: () => undefined });
    const inputs = Array.from({ length: 200 }, (_, at) => `text ${at}`);
    const ask = (body: object) =>
      app.fetch(
        new Request('http://x/v1/models/m1/predictions', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      );
    const many = (await (await ask({ inputs })).json()) as {
      checkpoint: string;
      predictions: { output: string; checkpoint?: string }[];
    };
    expect(many.checkpoint).toBe('new');
    const byOld = many.predictions.filter(({ checkpoint }) => checkpoint === 'old');
    // By a fair coin: outside of this once in some 10^11 times.
    expect(byOld.length).toBeGreaterThan(50);
    expect(byOld.length).toBeLessThan(150);
    expect(many.predictions.every(({ output, checkpoint }) => output === (checkpoint === 'old' ? 'ham' : 'spam'))).toBe(
      true,
    );
    const one = (await (await ask({ input: 'a text' })).json()) as { checkpoint: string; output: string };
    expect(one.output).toBe(one.checkpoint === 'old' ? 'ham' : 'spam');
  });
});
