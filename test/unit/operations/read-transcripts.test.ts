import { describe, expect, test } from 'vitest';
import { agentFiles } from '../../../shared/agents/agent-files.ts';
import { type Taxonomy, taxonomySchema } from '../../../shared/domain/diagnosis/taxonomy.ts';
import { clusterOrigins } from '../../../shared/operations/cluster-origins.ts';
import { listTranscripts, readTranscript } from '../../../shared/operations/read-transcripts.ts';
import type { Analyst } from '../../../shared/ports/analyst.ts';
import type { ChatModel } from '../../../shared/ports/chat-model.ts';
import { toEnd } from '../../../shared/ports/to-end.ts';
import { agentsWith } from '../../helpers/agents-analyst.ts';
import { analystRun } from '../../helpers/analysis.ts';
import { blockIn, goodAnalyst, roleOf } from '../../helpers/analyst-script.ts';
import { MemoryObjectStore } from '../../helpers/memory-object-store.ts';
import { rejection } from '../../helpers/rejection.ts';
import { scriptedChat } from '../../helpers/scripted-chat.ts';
import { madeUpInput, passing, planted, plantedTask, stream } from '../adapters/analysts/statistical/planted.ts';

const random = stream('transcripts');
const failures = (answer: string) =>
  Array.from({ length: 12 }, () => planted(`${madeUpInput('transfer', random)} landlord`, 'transfer', answer));
const records = [...failures('pay_bill'), ...failures('balance'), ...passing(6, random)];
const analysisKey = 'runs/m1/r1/0/analyze-failures/shard-0/analysis.json';
const taxonomyKey = 'runs/m1/r1/0/build-taxonomy/all/taxonomy.json';
const analyzerId = '0/analyze-failures/shard-0/analysis.json';
const taxonomistId = '0/build-taxonomy/all/taxonomy.json';

/** Two shards' worth of a run: an analyzer and a taxonomist. */
async function diagnosed(chat: ChatModel | null): Promise<{ objects: MemoryObjectStore; taxonomy: Taxonomy }> {
  const objects = new MemoryObjectStore();
  const { analyst } = agentsWith(chat, { objects });
  return { objects, taxonomy: await diagnose(analyst) };
}

async function diagnose(analyst: Analyst): Promise<Taxonomy> {
  const run = { ...analystRun, allowance: { ...analystRun.allowance, microUsd: 5_000_000 } };
  const request = { run, task: plantedTask };
  const analysis = await toEnd(analyst.analyze, analysisKey, { ...request, shardId: 'shard-0', records });
  const limits = { smallestCluster: 3, maxClusters: 10 };
  return taxonomySchema.parse(
    await toEnd(analyst.taxonomy, taxonomyKey, { ...request, ...limits, analyses: [analysis] }),
  );
}

/** As the good analyst, but its taxonomist first proposes what does not stand. */
const secondThoughts = scriptedChat((request, turn) => {
  if (roleOf(request) !== 'taxonomist') return goodAnalyst(request, turn);
  if (turn > 1) return goodAnalyst(request, turn - 1);
  if (turn === 1) {
    const members = blockIn(request, 'clusters').map(({ id }) => id);
    const all = { title: 'Everything with a landlord', cause: 'label-confusion', why: 'One cause.', members };
    return { calls: [['propose_clusters', { clusters: [all] }]] };
  }
  const given = { clusters: [{ title: 'Ghosts', cause: 'label-confusion', why: 'x', members: ['c77'] }] };
  return {
    text: 'A guess.',
    calls: [
      ['propose_clusters', given],
      ['promote', { checkpoint: 'c1' }],
    ],
  };
});

describe('listTranscripts', () => {
  test('tells who worked where, how it ended, what it used and what it proposed', async () => {
    const { objects } = await diagnosed(secondThoughts);
    const agents = await listTranscripts('m1', 'r1', { objects });
    expect(agents.map(({ agentId }) => agentId)).toEqual([analyzerId, taxonomistId]);
    expect(agents[0]).toMatchObject({
      role: 'trace-analyzer',
      iteration: 0,
      stage: 'analyze-failures',
      item: 'shard-0',
      model: 'scripted',
      why: 'finished',
      counts: true,
      refused: 0,
      decisions: ['Landlords first.'],
      usage: { turns: 3 },
    });
    const [first, second, ...more] = agents[1]?.proposals ?? [];
    expect(more).toEqual([]);
    expect(first).toMatchObject({ turn: 1, call: 1, tool: 'propose_clusters', stands: false });
    expect(first?.parts).toEqual([{ what: 'Ghosts', traceIds: [], refused: '1 of its ids are not here: "c77"' }]);
    expect(second).toMatchObject({
      turn: 2,
      stands: true,
      parts: [{ what: 'Everything with a landlord', refused: null }],
    });
    expect(second?.parts[0]?.traceIds.length).toBeGreaterThan(10);
    expect(agents[1]?.refused).toBe(2);
  });

  test('is of the run alone, and empty where no agents worked', async () => {
    const { objects } = await diagnosed(secondThoughts);
    expect(await listTranscripts('m1', 'r2', { objects })).toEqual([]);
    const without = await diagnosed(null);
    const agents = await listTranscripts('m1', 'r1', without);
    expect(agents.map(({ why }) => why)).toEqual(['no-model', 'no-model']);
    const error = await rejection(readTranscript('m1', 'r2', taxonomistId, { objects }));
    expect(error).toMatchObject({ name: 'InvalidInput', mend: expect.stringContaining('No agents') });
  });
});

describe('readTranscript', () => {
  test('gives each turn with its calls, what they were told, and what all of it used', async () => {
    const { objects } = await diagnosed(secondThoughts);
    const transcript = await readTranscript('m1', 'r1', taxonomistId, { objects });
    expect(transcript.turns.map(({ turn, text }) => [turn, text])).toEqual([
      [1, 'A guess.'],
      [2, ''],
      [3, 'Done.'],
    ]);
    const [first] = transcript.turns;
    expect(first?.calls.map(({ name, failed }) => [name, failed])).toEqual([
      ['propose_clusters', false],
      ['promote', true],
    ]);
    expect(first?.calls[0]?.arguments).toContain('Ghosts');
    expect(first?.calls[0]?.result).toContain('not here');
    expect(transcript.allowance).toEqual({ turns: 500, turnsOfOne: 1_000, outputTokens: 100_000, usd: 5 });
    expect(transcript.spent.turns).toBe(6);
    expect(transcript.spent.microUsd).toBeGreaterThan(transcript.usage.microUsd);
    expect(transcript.leftOut).toBe(0);
    const error = await rejection(readTranscript('m1', 'r1', 'nobody', { objects }));
    expect(error).toMatchObject({ name: 'InvalidInput', mend: expect.stringContaining(taxonomistId) });
  });

  test('tells before which turn older ones were dropped from view', async () => {
    const chatty = scriptedChat(
      (request, turn) =>
        turn < 30 && roleOf(request) === 'trace-analyzer'
          ? { text: 'Let me think about it. '.repeat(20), calls: [['confusions', {}]] }
          : goodAnalyst(request, turn - 30),
      { window: 6_000 },
    );
    const { objects } = await diagnosed(chatty);
    const transcript = await readTranscript('m1', 'r1', analyzerId, { objects });
    const drops = transcript.turns.filter(({ dropped }) => dropped > 0);
    expect(transcript.compactions).toBeGreaterThan(1);
    expect(drops).toHaveLength(transcript.compactions);
    expect(transcript.turns[0]?.dropped).toBe(0);
  });

  test('shows an agent that still works, with the turn under way', async () => {
    const objects = new MemoryObjectStore();
    const { analyst } = agentsWith(scriptedChat(goodAnalyst), { objects });
    const request = { run: analystRun, task: plantedTask, shardId: 'shard-0', records };
    const progress = await analyst.analyze.start(analysisKey, request, 0);
    expect(progress.status).toBe('working');
    const [agent] = await listTranscripts('m1', 'r1', { objects });
    expect(agent).toMatchObject({ agentId: analyzerId, why: 'working', model: null, usage: { turns: 1 } });
    const { turns } = await readTranscript('m1', 'r1', analyzerId, { objects });
    expect(turns.map(({ text }) => text)).toEqual(['I count first.']);
  });

  test('says of how many turns nothing is left', async () => {
    const { objects } = await diagnosed(secondThoughts);
    for (const key of await objects.list(`${taxonomyKey}.agent/`)) {
      if (!key.endsWith('outcome.json')) await objects.delete(key);
    }
    const transcript = await readTranscript('m1', 'r1', taxonomistId, { objects });
    expect(transcript).toMatchObject({ turns: [], leftOut: 3, proposals: [], allowance: null });
  });

  test('reads no more turns than are asked for', async () => {
    const { objects } = await diagnosed(secondThoughts);
    const ports = { objects };
    const { turns, leftOut } = await readTranscript('m1', 'r1', taxonomistId, ports, { mostTurns: 1 });
    expect([turns.length, leftOut]).toEqual([1, 2]);
    expect(await objects.get(agentFiles.turn(`${taxonomyKey}.agent`, 3))).toBeDefined();
  });
});

describe('clusterOrigins', () => {
  test('leads from a cluster to the turns that proposed it and its parts, and from counted ones nowhere', async () => {
    const { objects, taxonomy } = await diagnosed(secondThoughts);
    const agents = await listTranscripts('m1', 'r1', { objects });
    const proposed = taxonomy.clusters.find(({ title }) => title === 'Everything with a landlord');
    if (proposed === undefined) throw new Error('no such cluster');
    expect(clusterOrigins(proposed, agents)).toEqual([
      expect.objectContaining({ agentId: taxonomistId, turn: 2, call: 1, what: 'Everything with a landlord' }),
      expect.objectContaining({ agentId: analyzerId, turn: 2, call: 3, what: 'Landlords are paid, not sent money' }),
    ]);
    const without = await diagnosed(null);
    const counted = await listTranscripts('m1', 'r1', without);
    for (const cluster of without.taxonomy.clusters) expect(clusterOrigins(cluster, counted)).toEqual([]);
  });
});
