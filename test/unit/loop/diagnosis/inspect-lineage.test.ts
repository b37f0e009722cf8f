import { describe, expect, it } from 'vitest';
import { type EvaluationItem, evaluationItemSchema } from '../../../../shared/domain/evaluation/evaluation-set.ts';
import { evidenceRecordSchema } from '../../../../shared/domain/evaluation/evidence-record.ts';
import { assignPlaces } from '../../../../shared/domain/evaluation/ledger.ts';
import { inspectLineage } from '../../../../shared/loop/diagnosis/inspect-lineage.ts';
import { writeLedgerSegment } from '../../../../shared/operations/fold-ledger.ts';
import { acquireLease } from '../../../../shared/operations/lease.ts';
import { readJsonl, writeJsonl } from '../../../../shared/ports/documents.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleCheckpoint, sampleEvaluationSet, sampleModel, sampleRun } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleHead, samplePrepared } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';
import { sampleJudgement, sampleTrace } from '../../../helpers/trace-samples.ts';

const item = (exampleId: string, right = true): EvaluationItem => ({
  exampleId,
  input: `${exampleId} alpha beta gamma ${exampleId}${exampleId}`,
  expected: labelOutput('spam'),
  right,
});

type Frozen = Readonly<Record<string, { checkpointId: string; items: readonly EvaluationItem[]; createdAt?: string }>>;

async function inspect(frozen: Frozen, options: { corrected?: readonly string[]; trained?: readonly string[] } = {}) {
  const ports = memoryPorts();
  const traces = Object.values(frozen).flatMap(({ items }) => items);
  await ports.traceLog.append('m1', 'day1', {
    traces: traces.map(({ exampleId, input }) => sampleTrace({ traceId: exampleId, input })),
    judgements: (options.corrected ?? []).map((traceId) =>
      sampleJudgement({ traceId, judgementId: `j-${traceId}`, expected: labelOutput('ham') }),
    ),
  });
  ports.clock.advance(1_000);
  const sets = [];
  for (const [setId, { checkpointId, items, createdAt = '' }] of Object.entries(frozen)) {
    const counts = { size: items.length, right: items.filter(({ right }) => right).length };
    const ids = { setId, checkpointId, key: `sets/${setId}.v1.jsonl` };
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
    run: sampleRun({ startedAt }),
    champion: sampleCheckpoint({ checkpointId: 'now', parentId: 'before' }),
    frozenSets: sets,
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
});
