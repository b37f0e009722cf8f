import { describe, expect, it } from 'vitest';
import { type EvaluationItem, evaluationItemSchema } from '../../../../shared/domain/evaluation/evaluation-set.ts';
import { evidenceRecordSchema } from '../../../../shared/domain/evaluation/evidence-record.ts';
import { assignPlaces } from '../../../../shared/domain/evaluation/ledger.ts';
import type { Run } from '../../../../shared/domain/models/run.ts';
import type { Judgement } from '../../../../shared/domain/traces/judgement.ts';
import { inspectLineage } from '../../../../shared/loop/diagnosis/inspect-lineage.ts';
import type { RunPlan } from '../../../../shared/loop/state/run-plan.ts';
import { writeLedgerSegment } from '../../../../shared/operations/fold-ledger.ts';
import { acquireLease } from '../../../../shared/operations/lease.ts';
import { readJsonl, writeJsonl } from '../../../../shared/ports/documents.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import {
  sampleCheckpoint,
  sampleDataset,
  sampleEvaluationSet,
  sampleModel,
  sampleRun,
} from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleHead, samplePrepared } from '../../../helpers/record-samples.ts';
import { rejection } from '../../../helpers/rejection.ts';
import { stageContext } from '../../../helpers/stage-context.ts';
import { sampleJudgement, sampleTrace } from '../../../helpers/trace-samples.ts';

const item = (exampleId: string, right = true): EvaluationItem => ({
  exampleId,
  input: `${exampleId} alpha beta gamma ${exampleId}${exampleId}`,
  expected: labelOutput('spam'),
  right,
});

const corrects = (traceId: string, change: Partial<Judgement> = {}): Judgement =>
  sampleJudgement({ traceId, judgementId: `j-${traceId}`, expected: labelOutput('ham'), ...change });

function fails(traceId: string, change: Partial<Judgement> = {}): Judgement {
  const { expected: _, ...judgement } = corrects(traceId, change);
  return judgement;
}

interface FrozenSet {
  readonly checkpointId: string;
  readonly items: readonly EvaluationItem[];
  readonly createdAt?: string;
  readonly version?: number;
}
type Frozen = Readonly<Record<string, FrozenSet>>;

interface Options {
  /** Traces that a person has corrected. */
  readonly corrected?: readonly string[];
  /** Judgements that came too. */
  readonly judgements?: readonly Judgement[];
  /** Judgements that came in a batch of their own. */
  readonly later?: readonly Judgement[];
  readonly trained?: readonly string[];
  readonly run?: Partial<Run>;
  readonly plan?: Partial<RunPlan>;
}

async function inspect(frozen: Frozen, options: Options = {}) {
  const ports = memoryPorts();
  const traces = Object.values(frozen).flatMap(({ items }) => items);
  await ports.traceLog.append('m1', 'day1', {
    traces: traces.map(({ exampleId, input }) => sampleTrace({ traceId: exampleId, input })),
    judgements: [...(options.judgements ?? []), ...(options.corrected ?? []).map((traceId) => corrects(traceId))],
  });
  if (options.later !== undefined) {
    await ports.traceLog.append('m1', 'day2', { traces: [], judgements: options.later });
  }
  ports.clock.advance(1_000);
  const sets = [];
  for (const [setId, { checkpointId, items, createdAt = '', version = 1 }] of Object.entries(frozen)) {
    const counts = { size: items.length, right: items.filter(({ right }) => right).length };
    const ids = { setId, checkpointId, version, key: `sets/${setId}.v${version}.jsonl` };
    const set = sampleEvaluationSet({ ...ids, ...counts, createdAt, name: 'records' });
    await writeJsonl(ports.objects, set.key, items);
    await ports.lineage.putEvaluationSet(set);
    sets.push(set);
  }
  const salt = sampleModel().splitSalt;
  const { additions } = assignPlaces({
    ledger: [],
    items: traces.map(({ exampleId, input }, at) => ({ id: `${at} ${exampleId}`, input })),
    salt,
    reportShare: 0,
  });
  const everywhere = additions.filter(({ words }) => options.trained?.some((id) => words.includes(id)) === true);
  const ledger = additions.map((entry) =>
    everywhere.includes(entry) ? { ...entry, folds: [], use: 'none' as const } : entry,
  );
  await writeLedgerSegment('m1', 'earlier-run', ledger, ports);
  const startedAt = new Date(ports.clock.now()).toISOString();
  await putPlan(ports, {
    run: sampleRun({ startedAt, ...options.run }),
    champion: sampleCheckpoint({ checkpointId: 'now', parentId: 'before' }),
    frozenSets: sets,
    ...options.plan,
  });
  const lease = await acquireLease(sampleHead.run, 'test', 15, ports);
  const output = await inspectLineage.run(
    { ...sampleHead, lease, prepared: samplePrepared },
    stageContext(ports, (file) => `out/${file}`),
  );
  const read = (key: string) => readJsonl(ports.objects, key, evidenceRecordSchema);
  return {
    output,
    ports,
    ledger,
    preceding: await read(output.preceding.key),
    earlier: await read(output.earlier.key),
  };
}

describe('what a candidate is held to', () => {
  it('are the records frozen with the champion, and those of all before it together', async () => {
    const { output, preceding, earlier } = await inspect({
      old: { checkpointId: 'before', items: [item('a'), item('b', false)] },
      older: { checkpointId: 'first', items: [item('b'), item('c')] },
      mine: { checkpointId: 'now', items: [item('a', false), item('d')] },
    });
    expect(preceding.map(({ exampleId, right }) => [exampleId, right])).toEqual([
      ['a', false],
      ['d', true],
    ]);
    expect(earlier.map(({ exampleId, right }) => [exampleId, right])).toEqual([
      ['a', true],
      ['b', true],
      ['c', true],
    ]);
    expect(output).toMatchObject({ preceding: { size: 2, right: 1 }, earlier: { size: 3, right: 3 } });
    expect(output.champion).toBe('fine-tuned');
  });

  it('stand where the ledger has them, for the life of the model', async () => {
    const { preceding, ledger } = await inspect({
      mine: { checkpointId: 'now', items: Array.from({ length: 20 }, (_, at) => item(`trace${at}`)) },
    });
    expect(preceding).toHaveLength(20);
    expect(new Set(preceding.flatMap(({ folds }) => folds)).size).toBeGreaterThan(3);
    for (const { groupId, folds } of preceding) {
      expect(ledger.find((entry) => entry.groupId === groupId)?.folds).toEqual(folds);
    }
  });

  it('are none that every model may have seen', async () => {
    const { preceding } = await inspect(
      { mine: { checkpointId: 'now', items: [item('a'), item('seen')] } },
      { trained: ['seen'] },
    );
    expect(preceding.map(({ exampleId }) => exampleId)).toEqual(['a']);
  });

  it('are nothing while no promotion is on record', async () => {
    const { output, preceding, earlier } = await inspect({});
    expect([preceding, earlier]).toEqual([[], []]);
    expect(output).toMatchObject({ preceding: { size: 0 }, earlier: { size: 0 }, correctedSets: 0 });
  });

  it('change by a person’s correction alone, in a new version beside the old', async () => {
    const { output, ports, preceding } = await inspect(
      { mine: { checkpointId: 'now', items: [item('a'), item('b')] } },
      { corrected: ['b'] },
    );
    expect(preceding.map(({ exampleId, expected, right }) => [exampleId, expected, right])).toEqual([
      ['a', 'spam', true],
      ['b', 'ham', false],
    ]);
    expect(output.correctedSets).toBe(1);
    const sets = await ports.lineage.listEvaluationSets('m1');
    expect(sets.map(({ version, right }) => [version, right])).toEqual([
      [1, 2],
      [2, 1],
    ]);
    const [old] = sets;
    const stored = await readJsonl(ports.objects, old?.key ?? '', evaluationItemSchema);
    expect(stored).toEqual([item('a'), item('b')]);
  });

  it('count those sets as corrected that are, beside others that stay', async () => {
    const { output, ports } = await inspect(
      {
        old: { checkpointId: 'before', items: [item('a')] },
        mine: { checkpointId: 'now', items: [item('b')], version: 12 },
      },
      { corrected: ['b'] },
    );
    expect(output.correctedSets).toBe(1);
    const sets = await ports.lineage.listEvaluationSets('m1');
    expect(sets.map(({ key }) => key).sort()).toEqual([
      'sets/mine.v12.jsonl',
      'sets/mine.v13.jsonl',
      'sets/old.v1.jsonl',
    ]);
  });

  it.each([
    ['a judge other than a person', corrects('b', { judge: { kind: 'llm', id: 'judge', reason: '' } })],
    ['a person who only says that the answer is wrong', fails('b')],
  ])('stay as they are after a word of %s', async (_, judgement) => {
    const other = { ...item('b'), expected: labelOutput('eggs') };
    const frozen = { mine: { checkpointId: 'now', items: [other] } };
    const { output, preceding } = await inspect(frozen, { judgements: [judgement] });
    expect(preceding).toMatchObject([{ expected: 'eggs', right: true }]);
    expect(output.correctedSets).toBe(0);
  });

  it('are right in the answer on record where a person passes that', async () => {
    const other = { ...item('b'), expected: labelOutput('ham') };
    const passed = fails('b', { verdict: 'pass' });
    const { preceding } = await inspect({ mine: { checkpointId: 'now', items: [other] } }, { judgements: [passed] });
    expect(preceding).toMatchObject([{ expected: 'spam', right: false }]);
  });

  it('know nothing of what came into the log once the run had begun', async () => {
    const frozen = { mine: { checkpointId: 'now', items: [item('b')] } };
    const begun = { number: 1, batches: 1, labelChanges: 0, moves: 0 };
    const late = { later: [corrects('b')] };
    const [before, unbound] = [await inspect(frozen, { ...late, run: { begun } }), await inspect(frozen, late)];
    expect([before.output.correctedSets, unbound.output.correctedSets]).toEqual([0, 1]);
  });

  it('are kept, and answered by nobody yet', async () => {
    const { preceding } = await inspect({ mine: { checkpointId: 'now', items: [item('a')] } });
    expect(preceding).toMatchObject([{ kept: true, answer: null }]);
  });
});

describe('a dataset', () => {
  it.each([
    ['goes on from that of the champion, where that has examples', 3, 'extend'],
    ['stands by itself where the champion learnt from none', 0, 'complement'],
  ])('%s', async (_, examples, mode) => {
    const dataset = sampleDataset({ datasetId: 'of the champion' });
    const parentDataset = { ...dataset, manifest: { ...dataset.manifest, examples } };
    const { output } = await inspect({}, { plan: { parentDataset } });
    expect(output).toMatchObject({ parentDatasetId: 'of the champion', parentExamples: examples, modes: [mode] });
  });
});

it('tells a champion that has no predecessor', async () => {
  const { output } = await inspect({}, { plan: { champion: sampleCheckpoint({ parentId: null }) } });
  expect(output.champion).toBe('first');
});

it('looks at nothing for a run that has lost its lease', async () => {
  const ports = memoryPorts();
  await putPlan(ports);
  const stage = inspectLineage.run({ ...sampleHead, prepared: samplePrepared }, stageContext(ports));
  expect((await rejection(stage)).name).toBe('LeaseLost');
});
