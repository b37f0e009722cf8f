import { describe, expect, it } from 'vitest';
import { defaultConfiguration } from '../../../../shared/adapters/backends/embedded/search-space.ts';
import { openBudget } from '../../../../shared/agents/open-budget.ts';
import { trainingCostKey } from '../../../../shared/domain/models/cost.ts';
import { analystRun } from '../../../../shared/loop/engine/analyst-run.ts';
import { type History, historySchema } from '../../../../shared/loop/state/iteration.ts';
import { readPlan } from '../../../../shared/loop/state/run-plan.ts';
import { planCandidates } from '../../../../shared/loop/training/plan-candidates.ts';
import { readJson, writeJson } from '../../../../shared/ports/documents.ts';
import type { Trainer } from '../../../../shared/ports/trainer.ts';
import { putDataset } from '../../../helpers/made-up-intents.ts';
import { MemoryBudgets } from '../../../helpers/memory-budgets.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleHead, samplePlan, samplePrepared } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const dataset = { datasetId: 'extend', key: 'runs/m1/extend.jsonl', mode: 'extend' as const, examples: 400 };
const firstStep = { number: 1, kind: 'first', move: 'first', historyKey: null } as const;
/** $36 an hour: a cent a second. */
const paid: Partial<Trainer> = {
  cost: 'dear',
  foldModels: 0,
  billing: { hourlyUsd: 36, mostSeconds: 1_000 },
  passes: () => 2,
};

/** A cent a byte of a model, at most. */
const byToken: Partial<Trainer> = {
  cost: 'dear',
  foldModels: 0,
  byToken: { mostTraining: (_, __, { bytes }) => bytes / 100, mostAnswers: () => null },
};

interface Given {
  /** Whether an earlier training is on record, and what it cost. */
  readonly known?: boolean;
  readonly usd?: number;
  readonly trainer?: Partial<Trainer>;
  /** What the run has spent, and set aside for what is under way. */
  readonly spentUsd?: number;
  readonly reservedUsd?: number;
  readonly datasets?: (typeof dataset)[];
  /** The dataset of a second iteration, which tunes; null for the first iteration. */
  readonly tuned?: string | null;
}

const historyOf = (datasetId: string): History => ({
  iterations: [],
  basis: {
    candidate: { candidateId: 'i1-c1', checkpointId: 'c1', key: 'c1.json' },
    score: 0.9,
    dataset: { datasetId, key: dataset.key, mode: 'extend' },
    configuration: defaultConfiguration('none'),
  },
  tried: [defaultConfiguration('none')],
  next: { kind: 'tune', name: 'configurations-x', configurations: [{ ...defaultConfiguration('none'), epochs: 7 }] },
  ended: null,
});

async function planned(
  budgetUsd: number,
  {
    known = true,
    trainer = paid,
    usd = 1,
    spentUsd = 0,
    reservedUsd = 0,
    datasets = [dataset],
    tuned = null,
  }: Given = {},
) {
  const plain = memoryPorts();
  const budgets = new MemoryBudgets();
  const notes: string[] = [];
  const own = [...plain.trainers.values()].map((one) => ({ ...one, ...trainer }));
  const ports = {
    ...plain,
    budgets,
    trainers: new Map(own.map((one) => [one.name, one])),
    observer: { progress: () => undefined, note: (text: string) => notes.push(text) },
  };
  await putDataset(ports.objects, dataset.key, Array(100).fill({ input: 'refund', output: 'money' }));
  await putPlan(ports, { run: { ...samplePlan().run, budgetUsd } });
  // 100 examples, twice: half a second for each.
  const cost = { version: 1, trainer: own[0]?.name, runId: null, work: 200, seconds: 100, usd };
  if (known) await writeJson(ports.objects, trainingCostKey('m1', 'earlier'), cost);
  const historyKey = 'before/history.json';
  if (tuned !== null) await writeJson(ports.objects, historyKey, historyOf(tuned));
  const tuning = { number: 2, kind: 'tune', move: 'configurations-x', historyKey } as const;
  const step = tuned === null ? firstStep : tuning;
  const input = { ...sampleHead, iteration: step.number, prepared: samplePrepared, curriculum: { datasets }, step };
  const usage = (amount: number) => ({ turns: 0, outputTokens: 0, microUsd: amount * 1_000_000 });
  const spent = usage(spentUsd);
  await openBudget(budgets, analystRun(await readPlan(samplePrepared, ports)));
  await budgets.reserve(samplePlan().run.runId, 'answers', spent);
  await budgets.settle(samplePlan().run.runId, 'answers', spent);
  await budgets.reserve(samplePlan().run.runId, 'under way', usage(reservedUsd));
  const plan = await planCandidates.run(input, stageContext(ports));
  return { ...plan, step, notes, ports, budget: await budgets.get(samplePlan().run.runId) };
}

describe('a run that has nothing to train', () => {
  it('ends with the champion, and says why', async () => {
    const trainer = { ...paid, first: () => [] };
    const { candidates, ends } = await planned(9, { trainer });
    expect([candidates, ends?.next]).toEqual([[], 'keep']);
    expect(ends?.reason).toBe(
      `Nothing trains this model (its trainer is embedded). The curriculum is at ${dataset.key}.`,
    );
    const { ends: bare } = await planned(9, { trainer, datasets: [] });
    expect(bare?.reason).toBe('Nothing trains this model (its trainer is embedded).');
  });
});

describe('a training that is not dear', () => {
  it('is neither told of nor set aside from the budget', async () => {
    const { candidates, notes, budget } = await planned(0.01, { trainer: { ...paid, cost: 'cheap' } });
    expect(candidates.length).toBeGreaterThan(0);
    expect([notes, budget?.reserved.microUsd]).toEqual([[], 0]);
  });
});

describe('a training that costs money', () => {
  it('is begun within the budget, told of before, and set aside from the budget', async () => {
    const { candidates, ends, notes, budget } = await planned(5);
    expect([candidates.length, ends]).toEqual([1, null]);
    // 400 examples, twice, at half a second.
    expect(notes).toEqual([
      'Candidate i1-c1 takes about 7 min, $4.00 (by 1 earlier training of this model, 0.50 s for each example and pass).',
    ]);
    expect(budget?.reserved.microUsd).toBe(4_000_000);
  });

  it('is not begun beyond the budget: the run ends with the champion and its curriculum', async () => {
    const { candidates, ends, budget } = await planned(4.24, { spentUsd: 0.25 });
    expect(candidates).toEqual([]);
    expect(ends).toMatchObject({ next: 'keep', chosen: null });
    expect(ends?.reason).toContain('The budget of the run does not cover training candidate i1-c1');
    expect(ends?.reason).toContain('With what else the run takes, --budget 4.25 covers it.');
    expect(ends?.reason).toContain(`The curriculum is at ${dataset.key}.`);
    expect(budget?.reserved.microUsd).toBe(0);
    const { ends: underWay } = await planned(4.49, { spentUsd: 0.25, reservedUsd: 0.25 });
    expect(underWay?.reason).toContain('With what else the run takes, --budget 4.50 covers it.');
  });

  it('ends the first iteration with no history, and a later one with its own, which says that the budget is spent', async () => {
    const first = await planned(3);
    expect(first.ends).toMatchObject({ historyKey: null, iteration: first.step });
    expect(await first.ports.objects.get('history.json')).toBeUndefined();
    const { ends, step, ports } = await planned(3, { tuned: 'extend' });
    expect(ends).toMatchObject({ next: 'keep', historyKey: 'history.json', iteration: step });
    const history = await readJson(ports.objects, ends?.historyKey ?? '', historySchema);
    expect(history).toEqual({ ...historyOf('extend'), ended: 'budget-spent' });
  });

  it('counts the examples of the dataset that it is for, and of the first one where that is of an earlier curriculum', async () => {
    const datasets = [{ ...dataset, datasetId: 'complement', examples: 200 }, dataset];
    const costOf = async (tuned: string | null) => (await planned(9, { datasets, tuned })).budget?.reserved.microUsd;
    expect(await costOf(null)).toBe(2_000_000);
    expect(await costOf('extend')).toBe(4_000_000);
    expect(await costOf('earlier')).toBe(2_000_000);
  });

  it('counts as the most that a job may work where no earlier one is known', async () => {
    expect((await planned(9.99, { known: false })).candidates).toEqual([]);
    const { candidates, notes } = await planned(10, { known: false });
    expect(candidates).toHaveLength(1);
    expect(notes[0]).toContain('at most $10.00');
  });

  it('is paid by the token: as earlier ones were, and never more than its texts allow', async () => {
    // 100 examples of 11 letters.
    const most = await planned(11, { known: false, trainer: byToken });
    expect([most.candidates.length, most.budget?.reserved.microUsd]).toEqual([1, 11_000_000]);
    expect(most.notes[0]).toContain('at most $11.00 (no earlier training of this model is on record: as many tokens');
    expect((await planned(10.99, { known: false, trainer: byToken })).candidates).toEqual([]);
    // $1 for 200 examples.
    const earlier = await planned(2, { trainer: byToken });
    expect(earlier.notes[0]).toContain('about 3 min, $2.00 (by 1 earlier training');
    expect((await planned(1.99, { trainer: byToken })).candidates).toEqual([]);
    // As when there was no price yet, and as when there were other ones.
    expect((await planned(11, { trainer: byToken, usd: 0 })).notes[0]).toContain('$11.00');
    expect((await planned(11, { trainer: byToken, usd: 50 })).notes[0]).toContain('$11.00');
  });

  it('costs nothing where its trainer names no price, whatever the budget', async () => {
    const { billing: _, ...free } = paid;
    expect((await planned(0.01, { trainer: free })).candidates).toHaveLength(1);
  });
});
