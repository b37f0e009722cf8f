import { beforeEach, describe, expect, test } from 'vitest';
import { digest } from '../../../shared/domain/base/ids.ts';
import { moveChampion, takeLease } from '../../../shared/domain/models/control.ts';
import { rolledBackFrom } from '../../../shared/domain/models/rolled-back.ts';
import { defaultSettings, type Settings } from '../../../shared/domain/models/settings.ts';
import type { Judgement } from '../../../shared/domain/traces/judgement.ts';
import { readControl, updateControl } from '../../../shared/operations/control-item.ts';
import { modelStatus } from '../../../shared/operations/model-status.ts';
import { watchChampion, watchWhenWorthIt } from '../../../shared/operations/watch-champion.ts';
import { encodeJsonl, writeJsonl } from '../../../shared/ports/documents.ts';
import { labelOutput } from '../../../shared/tasks/classification/label.ts';
import { sampleCheckpoint, sampleDataset, sampleModel, sampleRun } from '../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';

const modelId = 'm1';
const year = 365 * 86_400_000;
let ports: MemoryPorts;

/** The old champion says spam where it reads `win`; the new one also where it reads `lunch`. */
function answerOf(ref: string, input: string): string {
  return input.includes('win') || (ref === 'new' && input.includes('lunch')) ? 'spam' : 'ham';
}

beforeEach(async () => {
  ports = memoryPorts({ answer: (input, { ref }) => answerOf(ref, input) });
});

/** A model whose new champion was promoted in place of the old one, by a run that a person helped. */
async function promote(settings: Partial<Settings> = {}, share: number | null = null): Promise<void> {
  await ports.lineage.createModel(sampleModel({ settings: { ...defaultSettings, ...settings } }));
  for (const checkpointId of ['old', 'new']) {
    const dataset = sampleDataset({
      ...{ datasetId: `d-${checkpointId}`, key: `datasets/${checkpointId}.jsonl` },
      digest: digest(encodeJsonl([])),
    });
    await writeJsonl(ports.objects, dataset.key, []);
    await ports.lineage.putDataset(dataset);
    const served = { predictor: [...ports.predictors.keys()][0] ?? '', ref: checkpointId, digest: null };
    await ports.lineage.putCheckpoint(sampleCheckpoint({ checkpointId, datasetId: dataset.datasetId, served }));
  }
  const at = new Date(ports.clock.now()).toISOString();
  await updateControl(modelId, ports, (control) =>
    moveChampion(control, { at, to: 'old', kind: 'create', by: 'ana', reason: 'x' }),
  );
  await updateControl(modelId, ports, (control) =>
    moveChampion(control, { at, to: 'new', kind: 'promote', by: 'r7', reason: 'gain', people: 'p1', watch: { share } }),
  );
}

let batches = 0;
/** Inputs that are near no other, answered by a checkpoint; all but those that begin with `win` are ham. */
async function arrive(count: number, what: string, by = 'new', judged = true, times = 1): Promise<void> {
  ports.clock.advance(1_000);
  const timestamp = new Date(ports.clock.now()).toISOString();
  const name = `n${batches}`;
  batches += 1;
  const traces = Array.from({ length: count }, (_, index) => {
    const which = `${name}${index % (count / times)}`;
    const input = `${which} a${which} b${which} ${what}`.trim();
    const traceId = `${name}-${index}`;
    return { traceId, timestamp, modelId, checkpointId: by, input, output: labelOutput(answerOf(by, input)) };
  });
  const judgements = traces.map(
    ({ traceId, input }): Judgement => ({
      ...{ judgementId: traceId, traceId, verdict: null, judgedAt: timestamp },
      ...{
        expected: labelOutput(input.includes('win') ? 'spam' : 'ham'),
        judge: { kind: 'rule', id: 'r', reason: '' },
      },
    }),
  );
  await ports.traceLog.append(modelId, name, { traces, judgements: judged ? judgements : [] });
}

describe('watchChampion, by the predecessor’s answers on the same traces', () => {
  test('moves a champion back that is proven worse, with the evidence, and keeps it out', async () => {
    await promote();
    await arrive(20, '');
    await arrive(8, 'lunch');
    const watched = await watchChampion(modelId, ports);
    expect(watched).toMatchObject({ outcome: 'moved-back', champion: 'new', predecessor: 'old' });
    expect(watched.count).toMatchObject({ test: 'shadow', judged: 28, against: 8, inFavour: 0, share: 0.5 });
    const control = await readControl(modelId, ports);
    expect(control.championId).toBe('old');
    const move = control.moves.at(-1);
    expect(move).toMatchObject({ kind: 'rollback', from: 'new', to: 'old', by: 'ratchet', evidence: watched.count });
    expect(move?.reason).toMatch(/^shadow: of 28 judged traces since the promotion only its predecessor has 8 right/);
    expect(rolledBackFrom(control)).toMatchObject([{ checkpointId: 'new', by: 'ratchet', people: 'p1' }]);
    expect((await watchChampion(modelId, ports)).outcome).toBe('off');
  });

  test('leaves a champion that is not proven worse, and tells what was found so far', async () => {
    await promote();
    await arrive(20, '');
    await arrive(4, 'lunch');
    expect(await watchChampion(modelId, ports)).toMatchObject({ outcome: 'open', count: { against: 4, inFavour: 0 } });
    expect((await readControl(modelId, ports)).championId).toBe('new');
    const { watched } = await modelStatus(modelId, ports);
    expect(watched).toMatchObject({ finding: 'open', count: { judged: 24, against: 4 } });
  });

  test('is not taken in by users who complain of wrong answers alone', async () => {
    await promote();
    await arrive(300, '', 'new', false);
    await arrive(20, 'lunch');
    const watched = await watchChampion(modelId, ports);
    expect(watched).toMatchObject({ outcome: 'picked', count: { against: 20, evidence: 0 } });
    expect((await readControl(modelId, ports)).championId).toBe('new');
  });

  test('ends after as many judged traces as the settings say, which stands with the promotion', async () => {
    await promote({ watchFor: 20 });
    await arrive(20, '');
    expect((await watchChampion(modelId, ports)).outcome).toBe('held');
    const { moves } = await readControl(modelId, ports);
    expect(moves).toHaveLength(2);
    expect(moves.at(-1)?.watch?.held?.evidence).toMatchObject({ judged: 20, against: 0 });
    await arrive(12, 'lunch');
    expect((await watchChampion(modelId, ports)).outcome).toBe('held');
    expect((await readControl(modelId, ports)).championId).toBe('new');
  });

  test('waits while a run is under way, and moves the champion back afterwards', async () => {
    await promote();
    await arrive(20, '');
    await arrive(8, 'lunch');
    await updateControl(modelId, ports, (control) => {
      const answer = takeLease(control, { runId: 'r8', owner: 'host:1', now: ports.clock.now(), minutes: 5 });
      return answer.granted ? answer.next : null;
    });
    expect((await watchChampion(modelId, ports)).outcome).toBe('busy');
    expect((await readControl(modelId, ports)).championId).toBe('new');
    ports.clock.advance(6 * 60_000);
    expect((await watchChampion(modelId, ports)).outcome).toBe('moved-back');
  });

  test('does nothing where the settings say so, or a person moved the champion', async () => {
    await promote({ afterPromotion: 'off' });
    await arrive(20, '');
    await arrive(8, 'lunch');
    expect((await watchChampion(modelId, ports)).outcome).toBe('off');
    expect((await modelStatus(modelId, ports)).watched).toBeNull();
  });
});

describe('watchChampion, by traces that each answered by lot', () => {
  const canary = { afterPromotion: 'canary', canaryShare: 0.5 } as const;

  test('moves a champion back whose answers are wrong more often, whoever judges', async () => {
    await promote(canary, 0.2);
    await arrive(6, 'lunch', 'new');
    await arrive(6, 'nothing new', 'old');
    const watched = await watchChampion(modelId, ports);
    expect(watched).toMatchObject({
      outcome: 'moved-back',
      count: { test: 'canary', judged: 12, against: 6, inFavour: 0, share: 0.2 },
    });
    expect((await readControl(modelId, ports)).moves.at(-1)?.reason).toMatch(/^canary: of 12 judged traces/);
  });

  test('asks both about what either answered', async () => {
    await promote(canary, 0.5);
    await arrive(3, 'lunch', 'new');
    await arrive(9, 'lunch', 'old');
    const { count, outcome } = await watchChampion(modelId, ports);
    // The predecessor has all of them right, and the champion none: by its own wrong answers alone that would not be seen.
    expect(count).toMatchObject({
      ...{ judged: 12, against: 3, inFavour: 0 },
      crossed: { champion: { against: 3, inFavour: 0 }, predecessor: { against: 9, inFavour: 0 } },
    });
    expect(outcome).toBe('moved-back');
  });

  test('counts near-duplicates once, and nothing that came before the promotion or of another checkpoint', async () => {
    await arriveBefore();
    await promote(canary, 0.2);
    await arrive(5, 'lunch', 'elsewhere');
    await arrive(6, 'lunch', 'new', true, 3);
    const { count, outcome } = await watchChampion(modelId, ports);
    expect(outcome).toBe('open');
    expect(count).toMatchObject({ judged: 2, against: 2, inFavour: 0 });
  });

  test.each([
    ['ahead when it was promoted', year, -year],
    ['behind ever since', 0, -year],
    ['ahead ever since', 0, year],
  ])('counts what came since the promotion where the clock stood %s', async (_, before, since) => {
    await arriveBefore();
    ports.clock.advance(before);
    await promote(canary, 0.2);
    const begun = { number: 1, batches: 1, labelChanges: 0, moves: 1 };
    await ports.lineage.putRun(sampleRun({ runId: 'r7', modelId, begun }));
    ports.clock.advance(since);
    await arrive(6, 'lunch', 'new');
    await arrive(6, 'nothing new', 'old');
    const watched = await watchChampion(modelId, ports);
    expect(watched).toMatchObject({ outcome: 'moved-back', count: { judged: 12, against: 6, inFavour: 0 } });
    expect(watched.count?.crossed?.champion).toEqual({ against: 6, inFavour: 0 });
  });

  test('is a shadow where the promotion was none', async () => {
    await promote({ afterPromotion: 'canary' }, null);
    await arrive(20, '');
    expect((await watchChampion(modelId, ports)).count?.test).toBe('shadow');
  });
});

describe('watchWhenWorthIt', () => {
  test('looks after a batch with which enough more is judged, and after each run', async () => {
    await promote();
    await arrive(19, '');
    expect(await watchWhenWorthIt({ modelId, trigger: 'traces-ingested' }, ports)).toBeNull();
    expect(await watchWhenWorthIt({ modelId, trigger: 'run-finished' }, ports)).toMatchObject({ outcome: 'open' });
    await arrive(1, '');
    expect(await watchWhenWorthIt({ modelId, trigger: 'traces-ingested' }, ports)).toMatchObject({ outcome: 'open' });
    await arrive(19, '', 'new', false);
    expect(await watchWhenWorthIt({ modelId, trigger: 'traces-ingested' }, ports)).toBeNull();
  });

  test('does not look at what is not watched', async () => {
    await promote({ afterPromotion: 'off' });
    expect(await watchWhenWorthIt({ modelId, trigger: 'run-finished' }, ports)).toBeNull();
  });
});

/** Traces of before the promotion. */
async function arriveBefore(): Promise<void> {
  await arrive(5, 'lunch', 'new');
  ports.clock.advance(1_000);
}
