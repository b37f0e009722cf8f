import { describe, expect, it } from 'vitest';
import { createStatisticalAnalyst } from '../../../../../shared/adapters/analysts/statistical/statistical-analyst.ts';
import type { TaskSpec } from '../../../../../shared/domain/base/task-spec.ts';
import type { Taxonomy } from '../../../../../shared/domain/diagnosis/taxonomy.ts';
import type { UsableRecord } from '../../../../../shared/domain/traces/trace-record.ts';
import { classificationTask } from '../../../../../shared/tasks/classification/classification-spec.ts';
import { taskKinds } from '../../../../../shared/tasks/task-kinds.ts';
import { analyze, taxonomyBy } from '../../../../helpers/analysis.ts';
import { madeUpInput, passing, planted, plantedLabels, plantedTask, stream } from './planted.ts';

const analyst = createStatisticalAnalyst({ tasks: taskKinds });

async function taxonomyOf(
  records: readonly UsableRecord[],
  options: { task?: TaskSpec; maxClusters?: number; smallestCluster?: number } = {},
): Promise<Taxonomy> {
  const task = options.task ?? plantedTask;
  const half = Math.ceil(records.length / 2);
  const analyses = await Promise.all(
    [records.slice(0, half), records.slice(half)].map((part, at) =>
      analyze(analyst, { shardId: `s${at}`, task, records: part }),
    ),
  );
  return taxonomyBy(analyst, {
    task,
    analyses,
    smallestCluster: options.smallestCluster ?? 5,
    maxClusters: options.maxClusters ?? 40,
  });
}

function times<T>(count: number, make: (at: number) => T): T[] {
  return Array.from({ length: count }, (_, at) => make(at));
}

describe('the failure taxonomy', () => {
  it('names a pair of labels that is confused, with numbers in its title and evidence', async () => {
    const random = stream('pair');
    const records = [
      ...passing(40, random),
      ...times(20, () => planted(`${madeUpInput('transfer', random)} landlord`, 'transfer', 'pay_bill')),
    ];
    const { clusters, unclustered, confusions } = await taxonomyOf(records, { smallestCluster: 11 });
    expect(clusters).toHaveLength(1);
    const [cluster] = clusters;
    expect(cluster).toMatchObject({
      cause: 'label-confusion',
      fixability: 'fixable',
      expected: 'transfer',
      answered: 'pay_bill',
      size: 20,
    });
    expect(cluster?.keywords[0]).toBe('landlord');
    expect(cluster?.title).toContain('"transfer" answered as "pay_bill": 20 failures around "landlord');
    expect(cluster?.evidence.join(' ')).toContain('"transfer" fails 20 of 60 times (33 %)');
    expect(unclustered).toBe(0);
    expect(confusions).toMatchObject([{ key: '["transfer","pay_bill"]', facets: ['transfer'], count: 20 }]);
  });

  it('tells what went wrong first on the way to the answers, where steps are on record', async () => {
    const random = stream('steps');
    const steps = [{ type: 'reasoning', name: 'Adder', output: 'That makes 3 + 4 = 8.' }] as const;
    const records = [
      ...passing(40, random),
      ...times(20, (at) => ({
        ...planted(`${madeUpInput('transfer', random)} landlord`, 'transfer', 'pay_bill'),
        steps: at < 15 ? [...steps] : null,
      })),
    ];
    const { clusters } = await taxonomyOf(records, { smallestCluster: 11 });
    expect(clusters[0]?.cause).toBe('label-confusion');
    expect(clusters[0]?.evidence.join(' ')).toMatch(
      /First mistake on the way of 15 traces: calculation-error\. For example trace \S+, step 1, Adder: 3 \+ 4 is 7, not 8\./u,
    );
  });

  it('holds tools that failed against no model', async () => {
    const random = stream('tools');
    const records = [
      ...passing(40, random),
      ...times(20, () => ({
        ...planted(`${madeUpInput('transfer', random)} landlord`, 'transfer', 'pay_bill'),
        steps: [{ type: 'tool_result' as const, name: 'ledger', output: 'Error: connection refused' }],
      })),
    ];
    const { clusters } = await taxonomyOf(records, { smallestCluster: 11 });
    expect(clusters[0]).toMatchObject({ cause: 'tool', fixability: 'external', size: 20 });
    expect(clusters[0]?.title).toContain('after a tool failed: 20 failures');
  });

  it('splits a pair whose inputs fall into two kinds', async () => {
    const random = stream('two kinds');
    const kinds = ['monthly landlord rent lease apartment', 'university tuition semester campus student'];
    const records = [
      ...passing(40, random),
      ...times(30, (at) => planted(`${kinds[at % 2]} ${madeUpInput('transfer', random)}`, 'transfer', 'pay_bill')),
    ];
    const { clusters } = await taxonomyOf(records);
    expect(clusters.map((cluster) => cluster.size)).toEqual([15, 15]);
    expect(clusters.map((cluster) => cluster.keywords.includes('rent')).sort()).toEqual([false, true]);
    expect(new Set(clusters.map((cluster) => cluster.clusterId)).size).toBe(2);
  });

  it('calls a pair ambiguous when near-identical inputs carry both labels', async () => {
    const random = stream('twins');
    const texts = times(24, () => madeUpInput('transfer', random));
    const records = [
      ...passing(30, random),
      ...texts.map((text) => planted(text, 'pay_bill', 'pay_bill', { confidence: 0.5, runnerUp: 0.45 })),
      ...texts
        .slice(0, 12)
        .map((text) => planted(`Please, ${text}`, 'transfer', 'pay_bill', { confidence: 0.5, runnerUp: 0.45 })),
    ];
    const { clusters } = await taxonomyOf(records);
    expect(clusters).toHaveLength(1);
    expect(clusters[0]).toMatchObject({
      cause: 'ambiguous',
      fixability: 'external',
      expected: 'transfer',
      answered: 'pay_bill',
    });
  });

  it('calls a pair ambiguous when both directions are confused alike and the text says nothing', async () => {
    const random = stream('coin toss');
    const other = ['music', 'weather', 'alarm'];
    const unsure = { confidence: 0.5, runnerUp: 0.46 };
    const text = (): string => `${madeUpInput('transfer', random)} number ${random.below(900)}`;
    const records = [
      ...passing(30, random, other),
      ...times(80, () =>
        planted(
          text(),
          random.below(2) === 0 ? 'savings' : 'checking',
          random.below(2) === 0 ? 'savings' : 'checking',
          unsure,
        ),
      ),
    ];
    const { clusters } = await taxonomyOf(records, { task: classificationTask([...other, 'savings', 'checking']) });
    expect(clusters.map((cluster) => cluster.cause)).toEqual(['ambiguous', 'ambiguous']);
  });

  it('does not call a pair ambiguous that the text can tell apart, though both directions are confused', async () => {
    const random = stream('told apart');
    const records = [
      ...passing(30, random),
      ...times(12, () => planted(`${madeUpInput('transfer', random)} landlord`, 'transfer', 'pay_bill')),
      ...times(12, () => planted(`${madeUpInput('pay_bill', random)} cousin`, 'pay_bill', 'transfer')),
    ];
    const { clusters } = await taxonomyOf(records);
    expect(clusters.map((cluster) => cluster.fixability)).toEqual(['fixable', 'fixable']);
  });

  it('calls two spellings of one label, and a label that is not the task’s, external', async () => {
    const random = stream('schema');
    const records = [
      ...passing(30, random),
      ...times(8, () => planted(madeUpInput('pay_bill', random), 'PayBills', 'pay_bill')),
      ...times(7, () => planted(madeUpInput('music', random), 'audio_books', 'music')),
      ...times(6, () => planted('what is the meaning of life', 'out_of_scope', 'alarm')),
    ];
    const { clusters } = await taxonomyOf(records);
    expect(clusters.map(({ cause, expected, fixability }) => [cause, expected, fixability])).toEqual([
      ['schema', 'PayBills', 'external'],
      ['schema', 'audio_books', 'external'],
      ['out-of-scope', 'out_of_scope', 'external'],
    ]);
    expect(clusters[0]?.title).toContain('one label in two spellings');
  });

  it('finds that long inputs fail, whatever their label', async () => {
    const random = stream('length');
    const long = (label: string): string => times(5, () => madeUpInput(label, random)).join(' and then ');
    const records = [
      ...passing(40, random),
      ...plantedLabels.flatMap((label, at) =>
        times(5, () => planted(long(label), label, plantedLabels[(at + 1) % 8] ?? null)),
      ),
    ];
    const { clusters } = await taxonomyOf(records);
    expect(clusters[0]).toMatchObject({ cause: 'length', size: 40, expected: null });
    expect(clusters[0]?.evidence[0]).toMatch(
      /^Inputs of \d+ words or more fail 40 of 40 times \(100 %\), the others 0 %\.$/,
    );
  });

  it('blames the label and not the length when one label alone has long inputs', async () => {
    const random = stream('long label');
    const long = (): string => times(5, () => madeUpInput('travel', random)).join(' and then ');
    const records = [
      ...passing(
        40,
        random,
        plantedLabels.filter((label) => label !== 'travel'),
      ),
      ...times(40, () => planted(long(), 'travel', 'travel')),
      ...times(20, () => planted(long(), 'travel', 'weather')),
    ];
    const { clusters } = await taxonomyOf(records, { smallestCluster: 11 });
    expect(clusters.map((cluster) => cluster.cause)).toEqual(['label-confusion']);
  });

  it('finds noise that makes inputs fail', async () => {
    const random = stream('noise');
    const records = [
      ...passing(40, random),
      ...times(20, (at) =>
        planted(
          madeUpInput(plantedLabels[at % 8] ?? '', random),
          plantedLabels[at % 8] ?? '',
          plantedLabels[(at + 3) % 8] ?? null,
          { noise: 'typos' },
        ),
      ),
      ...times(5, () => planted(madeUpInput('music', random), 'music', 'music', { noise: 'typos' })),
    ];
    const { clusters } = await taxonomyOf(records);
    expect(clusters[0]).toMatchObject({ cause: 'noise', size: 20 });
    expect(clusters[0]?.evidence[0]).toContain('fail 20 of 25 times (80 %)');
  });

  it('calls a label missed when its failures spread over many answers', async () => {
    const random = stream('missed');
    const answers = plantedLabels.filter((label) => label !== 'alarm');
    const records = [
      ...passing(40, random),
      ...times(21, (at) => planted(madeUpInput('alarm', random), 'alarm', answers[at % 7] ?? null)),
    ];
    const { clusters } = await taxonomyOf(records);
    expect(clusters).toHaveLength(1);
    expect(clusters[0]).toMatchObject({ cause: 'missed-label', expected: 'alarm', answered: null, size: 21 });
    expect(clusters[0]?.title).toContain('"alarm" missed: 21 failures');
  });

  it('calls an answer a false alarm when many labels fall into it', async () => {
    const random = stream('false alarm');
    const labels = plantedLabels.filter((label) => label !== 'music');
    const records = [
      ...passing(40, random),
      ...times(21, (at) => planted(madeUpInput(labels[at % 7] ?? '', random), labels[at % 7] ?? '', 'music')),
    ];
    const { clusters } = await taxonomyOf(records);
    expect(clusters).toHaveLength(1);
    expect(clusters[0]).toMatchObject({ cause: 'false-alarm', expected: null, answered: 'music', size: 21 });
  });

  it('names the word that leads the model astray', async () => {
    const random = stream('trap');
    const records = [
      ...passing(40, random),
      ...times(10, () => planted(`${madeUpInput('pay_bill', random)} with my visa`, 'pay_bill', 'block_card')),
      ...times(40, () => planted(`${madeUpInput('block_card', random)} visa`, 'block_card', 'block_card')),
    ];
    const { clusters } = await taxonomyOf(records);
    expect(clusters[0]).toMatchObject({ cause: 'surface-trap', expected: 'pay_bill', answered: 'block_card' });
    expect(clusters[0]?.title).toContain('because of the word "visa"');
  });

  it('is the same whatever the order of shards and records', async () => {
    const random = stream('order');
    const records = [
      ...passing(30, random),
      ...times(30, (at) => planted(madeUpInput('transfer', random), 'transfer', at % 3 === 0 ? 'pay_bill' : 'balance')),
      ...times(20, (at) => planted(madeUpInput('alarm', random), 'alarm', plantedLabels[at % 7] ?? null)),
    ];
    const shards = await Promise.all(
      [records.slice(0, 90), records.slice(90, 200), records.slice(200)].map((part, at) =>
        analyze(analyst, { shardId: `s${at}`, task: plantedTask, records: part }),
      ),
    );
    const request = { task: plantedTask, smallestCluster: 5, maxClusters: 40 };
    const one = await taxonomyBy(analyst, { ...request, analyses: shards });
    const other = await taxonomyBy(analyst, { ...request, analyses: shards.toReversed() });
    expect(other).toEqual(one);
  });

  it('keeps to the largest clusters when there may be no more', async () => {
    const random = stream('many');
    const records = [
      ...passing(10, random),
      ...plantedLabels.flatMap((label, row) =>
        plantedLabels.flatMap((answer, column) =>
          label === answer
            ? []
            : times(5 + ((row + column) % 3), () => planted(madeUpInput(label, random), label, answer)),
        ),
      ),
    ];
    const { clusters, unclustered } = await taxonomyOf(records, { maxClusters: 6 });
    expect(clusters.length).toBeLessThanOrEqual(6);
    const sizes = clusters.map((cluster) => cluster.size);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    expect(unclustered + sizes.reduce((sum, size) => sum + size, 0)).toBe(
      records.filter((record) => record.verdict === 'fail').length,
    );
  });

  it('keeps markup and control characters of traces out of titles, keywords and ids', async () => {
    const random = stream('hostile');
    const hostile = '<script>alert(1)</script> __proto__ constructor ignore\u001b[31m';
    const records = [
      ...passing(20, random),
      ...times(8, (at) => planted(`${hostile} ${at}`, 'music', '"><img src=x>')),
    ];
    const { clusters } = await taxonomyOf(records);
    expect(clusters).toHaveLength(1);
    expect(clusters[0]?.clusterId).toMatch(/^c\d{2}-[0-9a-f]{8}$/);
    for (const keyword of clusters[0]?.keywords ?? []) expect(keyword).toMatch(/^[\p{L}\p{N}]+$/u);
    expect(clusters[0]?.title).not.toContain('\u001b');
  });
});
