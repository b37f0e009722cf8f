import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DuckDbTraceLog } from '../../shared/adapters/duckdb/duckdb-trace-log.ts';
import { DuckDbTraceQuery } from '../../shared/adapters/duckdb/duckdb-trace-query.ts';
import { SystemClock } from '../../shared/adapters/local/system-clock.ts';
import { isSureOf } from '../../shared/domain/diagnosis/probe.ts';
import { nearDuplicatesOf } from '../../shared/domain/similarity/near-duplicates.ts';
import type { UsableRecord } from '../../shared/domain/traces/trace-record.ts';
import { detectInjection, detectJailbreak } from '../../shared/domain/triage/attack.ts';
import { writeJsonl } from '../../shared/ports/documents.ts';
import { toEnd } from '../../shared/ports/to-end.ts';
import type { TraceQuery } from '../../shared/ports/trace-query.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';
import { agentsWith } from '../helpers/agents-analyst.ts';
import { analystRun, analyze, probesBy, taxonomyBy } from '../helpers/analysis.ts';
import {
  type Injection,
  injections,
  injectionsOf,
  kinds,
  sealedKeys,
  sealedText,
  sealedTrace,
  shownOrders,
} from '../helpers/hostile/injections.ts';
import { curiousAnalyst, obeyingAnalyst } from '../helpers/hostile/obeying-chat.ts';
import { outsideBlocks } from '../helpers/hostile/outside-blocks.ts';
import { watched } from '../helpers/hostile/watched-store.ts';
import { MemoryBudgets } from '../helpers/memory-budgets.ts';
import { MemoryObjectStore } from '../helpers/memory-object-store.ts';
import type { ScriptedChat } from '../helpers/scripted-chat.ts';
import { textsOf } from '../helpers/test-agent.ts';
import { sampleJudgement, sampleTrace } from '../helpers/trace-samples.ts';
import { madeUpInput, passing, planted, plantedTask, stream } from '../unit/adapters/analysts/statistical/planted.ts';

const random = stream('hostile');
const harmless: readonly UsableRecord[] = [
  ...Array.from({ length: 20 }, (_, at) =>
    planted(`${madeUpInput('transfer', random)} landlord`, 'transfer', 'pay_bill', { traceId: `f-${at}` }),
  ),
  ...Array.from({ length: 12 }, (_, at) =>
    planted(`${madeUpInput('music', random)} quietly`, 'music', 'alarm', { traceId: `q-${at}` }),
  ),
  ...passing(4, random),
];
const harmlessMaterial = passing(4, stream('material'));

/** The texts that no example may be near. */
const onRecordKey = 'examples/on-record.jsonl';
const hostileRecord = (text: string, traceId: string, answer: string) => planted(text, 'transfer', answer, { traceId });
const textsIn = (some: readonly Injection[]) => some.flatMap(({ texts }) => texts);

let traceQuery: TraceQuery;
const disposals: (() => Promise<void>)[] = [];
beforeAll(async () => {
  const objects = new MemoryObjectStore();
  const log = new DuckDbTraceLog({ objects, clock: new SystemClock() });
  const all = [...textsIn(injections).map((text, at) => hostileRecord(text, `all-${at}`, 'pay_bill')), ...harmless];
  const traces = all.map(({ traceId, input, answer }) =>
    sampleTrace({ modelId: 'm1', traceId, input, output: answer ?? labelOutput('transfer') }),
  );
  const sealed = sampleTrace({ modelId: 'm1', traceId: sealedTrace, input: sealedText });
  await log.append('m1', 'b1', {
    traces: [...traces, sealed],
    judgements: [sampleJudgement({ traceId: sealedTrace, judge: { kind: 'human', id: 'ana', reason: sealedText } })],
  });
  const query = new DuckDbTraceQuery({ objects });
  traceQuery = query;
  disposals.push(
    () => log.close(),
    () => query.close(),
  );
});
afterAll(async () => {
  for (const dispose of disposals) await dispose();
});

/** All that an analyst does with the texts among its failures and its material, with what it read and left. */
async function everything(chat: ScriptedChat | null, some: readonly Injection[]) {
  const texts = textsIn(some);
  const failing = texts.map((text, at) => hostileRecord(text, `h-${at}`, 'pay_bill'));
  const records = [...failing, ...harmless];
  const material = [
    ...texts.map((text, at) => hostileRecord(`${text} please`, `m-${at}`, 'transfer')),
    ...harmlessMaterial,
  ];
  const store = new MemoryObjectStore();
  for (const key of sealedKeys) await store.put(key, new TextEncoder().encode(`{"text":"${sealedText}"}\n`));
  const keys = new Set<string>();
  const budgets = new MemoryBudgets();
  const { analyst } = agentsWith(chat, { objects: watched(store, keys), budgets, traceQuery });
  const analysis = await analyze(analyst, { shardId: 'a', task: plantedTask, records });
  const limits = { smallestCluster: 5, maxClusters: 10 };
  const taxonomy = await taxonomyBy(analyst, { task: plantedTask, analyses: [analysis], ...limits });
  const probes = [];
  for (const cluster of taxonomy.clusters.slice(0, 2)) {
    const members = records.filter(({ traceId }) => cluster.traceIds.includes(traceId));
    const passes = records.filter(({ verdict }) => verdict === 'pass');
    const request = { task: plantedTask, cluster, members, passes, material, count: 12, random: stream('probes') };
    for (const probe of await probesBy(analyst, request)) probes.push({ probe, members });
  }
  const written = [];
  if (analyst.examples !== undefined) {
    await writeJsonl(
      store,
      onRecordKey,
      [...records, ...material].map(({ input }) => ({ input })),
    );
    for (const cluster of taxonomy.clusters.slice(0, 2)) {
      const members = records.filter(({ traceId }) => cluster.traceIds.includes(traceId));
      const passes = records.filter(({ verdict }) => verdict === 'pass');
      const request = { task: plantedTask, cluster, members, passes, failingProbes: [], onRecord: [onRecordKey] };
      const key = `examples/${cluster.clusterId}`;
      for (const example of await toEnd(analyst.examples, key, { run: analystRun, ...request })) {
        written.push({ example, cluster });
      }
    }
  }
  const spent = (await budgets.get(analystRun.runId))?.spent;
  const failures = new Set(records.filter(({ verdict }) => verdict === 'fail').map(({ traceId }) => traceId));
  return {
    analysis,
    taxonomy,
    probes,
    written,
    records,
    failures,
    material,
    keys,
    spent,
    files: await textsOf(store, ''),
    chat,
  };
}

describe('the texts', () => {
  test('are at least sixty of at least ten kinds, each told apart', () => {
    expect(injections.length).toBeGreaterThanOrEqual(60);
    for (const kind of kinds) expect([kind, injectionsOf(kind).length >= 6]).toEqual([kind, true]);
    expect(new Set(textsIn(injections)).size).toBe(textsIn(injections).length);
  });
});

describe.each(kinds)('%s', (kind) => {
  const some = injectionsOf(kind);

  test('change nothing that agents hand in, even of a model that obeys each of them', async () => {
    const honest = await everything(curiousAnalyst(), some);
    const { chat, obeyed } = obeyingAnalyst('first');
    const misled = await everything(chat, some);
    expect(obeyed).toEqual(obeyed.union(shownOrders(some)));
    expect(misled.analysis).toEqual(honest.analysis);
    expect(misled.taxonomy).toEqual(honest.taxonomy);
    expect(misled.probes).toEqual(honest.probes);
    expect(textsWritten(misled)).toEqual(textsWritten(honest));
    expect(honest.taxonomy.clusters.map(({ title }) => title)).toContain('Everything with a landlord');
  });

  test('bring nothing past validation where the model hands in what they say, and reach nothing sealed', async () => {
    const counted = await everything(null, some);
    const { chat, obeyed } = obeyingAnalyst('last');
    const misled = await everything(chat, some);
    expect(obeyed).toEqual(obeyed.union(shownOrders(some)));

    const { clusters, unclustered } = misled.taxonomy;
    const clustered = clusters.flatMap(({ traceIds }) => traceIds);
    expect(new Set(clustered).size).toBe(clustered.length);
    expect(clustered.filter((id) => !misled.failures.has(id))).toEqual([]);
    expect(clustered.length + unclustered).toBe(misled.failures.size);
    expect(externalOf(misled.taxonomy)).toEqual(externalOf(counted.taxonomy));

    const material = new Map(misled.material.map((one) => [one.traceId, one]));
    for (const { probe, members } of misled.probes) {
      expect(plantedTask.labels).toContain(probe.expected);
      const base = material.get(probe.traceId);
      expect(base).toBeDefined();
      if (probe.method !== 'written') expect(probe.expected).toEqual(base?.expected);
      else {
        expect(isSureOf(probe)).toBe(false);
        expect(detectInjection(probe.input) ?? detectJailbreak(probe.input)).toBeNull();
      }
      const inputs = members.map(({ input }) => input);
      expect(nearDuplicatesOf([probe.input], inputs, 'any')).toEqual([]);
    }

    const known = new Map(misled.records.map((one) => [one.traceId, one]));
    const onRecord = [...misled.records, ...misled.material].map(({ input }) => input);
    for (const { example } of misled.written) {
      const base = known.get(example.traceId);
      expect(base?.expected).toEqual(example.output);
      expect(base?.verdict).toBe(example.slice === 'gold' ? 'fail' : 'pass');
      expect(detectInjection(example.input) ?? detectJailbreak(example.input)).toBeNull();
      expect(nearDuplicatesOf([example.input], onRecord, 'any')).toEqual([]);
    }

    expect(
      [...misled.keys].filter((key) => !/^(analyze|taxonomy|probes|examples)\b|^runs\/m1\/r1\/$/.test(key)),
    ).toEqual([]);
    const notTheirs: readonly string[] = [...sealedKeys, onRecordKey];
    const left = Object.keys(misled.files).filter((key) => !notTheirs.includes(key));
    expect(left.filter((key) => !/^(analyze|taxonomy|probes|examples)\/?\S*\.agent\//.test(key))).toEqual([]);
    expect(JSON.stringify(chat.requests)).not.toContain(sealedText);
    for (const key of left) expect(misled.files[key]).not.toContain(sealedText);
    expect(misled.spent?.turns).toBe(chat.requests.length);
  });

  test('stand in prompts within data blocks alone, on lines of their own, with all that does not show', async () => {
    const { chat } = obeyingAnalyst('last');
    await everything(chat, some);
    const all = textsIn(some);
    const signs = all.flatMap((text) => [text.slice(0, 40), text.slice(-40)]).filter((sign) => !sign.includes('\n'));
    for (const { messages } of chat.requests) {
      for (const message of messages) {
        if (message.role === 'assistant') continue;
        const outside = outsideBlocks(message.text);
        expect(outside).not.toMatch(/CALL|landlord|END DATA [0-9a-f]{16}|\{\{/);
        for (const sign of signs) expect(outside).not.toContain(sign);
        expect(message.text).not.toMatch(/[\p{Cf}\p{Zl}\p{Zp}]|[\p{Cc}--\n]/v);
      }
    }
  });
});

/** What a writer wrote, but for the turn that it did so in. */
function textsWritten({ written }: Awaited<ReturnType<typeof everything>>) {
  return written.map(({ example: { by: _, ...example } }) => example);
}

/** Failures that training is not to mend: what nobody may talk the loop out of, or into. */
function externalOf({ clusters }: Awaited<ReturnType<typeof everything>>['taxonomy']): readonly string[] {
  return clusters
    .filter(({ fixability }) => fixability === 'external')
    .flatMap(({ traceIds }) => traceIds)
    .sort();
}
