import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { afterEach, describe, expect, it } from 'vitest';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { SqliteBudgets } from '../../shared/adapters/local/sqlite-budgets.ts';
import { readOutcomes } from '../../shared/agents/outcome.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { probeResultSchema } from '../../shared/domain/diagnosis/probe.ts';
import { type Taxonomy, taxonomySchema } from '../../shared/domain/diagnosis/taxonomy.ts';
import type { RunResult } from '../../shared/loop/state/run-result.ts';
import { readJson, readJsonl } from '../../shared/ports/documents.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { agentsWith } from '../helpers/agents-analyst.ts';
import { goodAnalyst, roleOf } from '../helpers/analyst-script.ts';
import { FaultyObjectStore } from '../helpers/faulty-object-store.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import { type ScriptedChat, scriptedChat } from '../helpers/scripted-chat.ts';
import {
  answeredTraffic,
  createSupportModel,
  ingest,
  makeWorkspace,
  modelId,
  recordingUi,
} from '../helpers/test-workspace.ts';
import { ratchetInProcess } from './cli/in-process.ts';

const disposables: { dispose(): Promise<void> }[] = [];
afterEach(async () => {
  for (const disposable of disposables.splice(0)) await disposable.dispose();
});

interface Setting {
  readonly workspace: Workspace;
  readonly budgets: SqliteBudgets;
  readonly faulty: FaultyObjectStore;
}

/** A workspace whose model has an analyst of agents with a chat model. */
async function workspaceWith(chat: ScriptedChat | null, settings: Record<string, unknown> = {}): Promise<Setting> {
  const workspace = await makeWorkspace();
  const budgets = new SqliteBudgets(join(workspace.directory, 'lineage.sqlite'));
  disposables.push({
    async dispose() {
      budgets.close();
      await workspace.dispose();
    },
  });
  await createSupportModel(workspace, settings, 'agents');
  const traffic = samples(400, 0.4, workspace.ports.random.stream(1, 'traffic'));
  await ingest(workspace, await answeredTraffic(workspace, traffic, 'day1'));
  const faulty = new FaultyObjectStore(workspace.ports.objects);
  const objects: ObjectStore = faulty;
  const { analyst } = agentsWith(chat, { objects, budgets });
  const analysts = new Map([...workspace.ports.analysts, [analyst.name, analyst]]);
  return { workspace: { ...workspace, ports: { ...workspace.ports, analysts } }, budgets, faulty };
}

async function improve({ workspace }: Setting): Promise<RunResult> {
  return runLoop(workspace, { modelId, seed: 3, retryWaitMs: 0 }, recordingUi());
}

async function taxonomyOf({ run }: RunResult, { workspace }: Setting): Promise<Taxonomy> {
  const key = `runs/${modelId}/${run}/0/build-taxonomy/all/taxonomy.json`;
  return readJson(workspace.ports.objects, key, taxonomySchema);
}

async function probesOf({ run }: RunResult, { workspace }: Setting) {
  const keys = await workspace.ports.objects.list(`runs/${modelId}/${run}/0/confirm-weaknesses/`);
  const files = keys.filter((key) => key.endsWith('/probes.jsonl'));
  return (await Promise.all(files.map((key) => readJsonl(workspace.ports.objects, key, probeResultSchema)))).flat();
}

async function reportOf({ report }: RunResult, { workspace }: Setting): Promise<string> {
  return new TextDecoder().decode(await workspace.ports.objects.get(report));
}

/** The good analyst, throttled once; each prober's first answer is cut off. */
function stumbling(): ScriptedChat {
  let throttled = false;
  return scriptedChat((request, turn) => {
    const role = roleOf(request);
    if (role === 'taxonomist' && !throttled) {
      throttled = true;
      throw new RatchetError('ChatUnavailable', 'Too many requests.');
    }
    if (role !== 'prober') return goodAnalyst(request, turn);
    if (turn === 0) return { calls: [['propose_probes', '{"probes": [{"traceId": "t']], end: 'length' };
    return goodAnalyst(request, turn - 1);
  });
}

describe('the loop with an analyst of agents', () => {
  it('takes what they propose once it is checked, over a throttled call, a malformed one and a full disk', async () => {
    const setting = await workspaceWith(stumbling());
    // Once in the middle of an agent's turns the stage fails and is tried again; once so often that the run does.
    setting.faulty.faults = [
      { key: /build-taxonomy.*state\.json$/, kind: 'full', times: 1 },
      { key: /confirm-weaknesses.*state\.json$/, kind: 'full', times: 60 },
    ];
    const failure = await improve(setting).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'StorageFailure' });
    setting.faulty.faults = [];
    const result = await improve(setting);

    const { clusters, unclustered, causes } = await taxonomyOf(result, setting);
    expect(clusters.map(({ title }) => title)).toContain('Everything with a landlord');
    const merged = clusters.find(({ title }) => title === 'Everything with a landlord');
    expect(merged?.evidence[0]).toBe('An agent says: One cause.');
    const ids = clusters.flatMap(({ traceIds }) => traceIds);
    expect(new Set(ids).size).toBe(ids.length);
    expect(unclustered).toBeGreaterThanOrEqual(0);
    expect(Object.values(causes).reduce((sum, count) => sum + count, 0)).toBe(ids.length);

    const probes = await probesOf(result, setting);
    expect(probes.filter(({ method }) => method === 'written').length).toBeGreaterThan(0);

    expect(result.agents.map(({ role }) => role)).toEqual([
      'curriculum-writer',
      'prober',
      'taxonomist',
      'trace-analyzer',
    ]);
    const taxonomist = result.agents.find(({ role }) => role === 'taxonomist');
    expect(taxonomist).toMatchObject({ agents: 1, counted: 1, turns: 2, refused: 0 });
    const prober = result.agents.find(({ role }) => role === 'prober');
    expect(prober?.refused).toBe(prober?.agents);
    expect(prober?.counted).toBe(prober?.agents);
    const spent = (await setting.budgets.get(result.run))?.spent;
    const turns = result.agents.reduce((sum, of) => sum + of.turns, 0);
    expect(spent?.turns).toBe(turns);
    const usd = result.agents.reduce((sum, of) => sum + of.usd, 0);
    expect(usd).toBeCloseTo((spent?.microUsd ?? 0) / 1_000_000, 9);
    expect(usd).toBeGreaterThan(0);
    const report = await reportOf(result, setting);
    expect(report).toContain('id="agents"');
    expect(report).toContain('Landlords first.');
    const transcripts = (await setting.workspace.ports.objects.list(`runs/${modelId}/${result.run}/`)).filter((key) =>
      /\.agent\/turns\/\d+\.json$/.test(key),
    );
    expect(transcripts).toHaveLength(turns);

    // From the cluster on the page to the turn that proposed it, and the same in a terminal.
    const { document } = parseHTML(report);
    const card = [...document.querySelectorAll('#taxonomy .card')].find(
      (one) => one.querySelector('h4')?.textContent === 'Everything with a landlord',
    );
    const link = card?.querySelector('a[href^="#agent-"]');
    expect(link?.textContent).toBe('taxonomist, turn 1');
    const turn = document.getElementById(link?.getAttribute('href')?.slice(1) ?? '');
    expect(turn?.textContent).toContain('propose_clusters');
    const told = async (...more: string[]) => {
      const directory = ['--workspace', setting.workspace.directory];
      return (await ratchetInProcess(['report', modelId, ...directory, '--transcripts', ...more], '', {})).stdout;
    };
    const listed = await told();
    expect(listed).toMatch(
      /^0\/build-taxonomy\/all\/taxonomy\.json: taxonomist for all, iteration 0, asked scripted$/m,
    );
    expect(listed).toMatch(/^ {2}finished, 2 turns, .*, what it handed in counts \(1 taken\)$/m);
    const { agent } = JSON.parse(await told('0/build-taxonomy/all/taxonomy.json', '--json'));
    expect(agent.turns).toHaveLength(2);
    expect(await told('0/build-taxonomy/all/taxonomy.json')).toContain('taken: Everything with a landlord');
  });

  it.each([
    ['none is configured', null, 'no chat model is configured'],
    [
      'it is down',
      scriptedChat(() => {
        throw new RatchetError('ChatUnavailable', 'Nobody answers at http://127.0.0.1:11434.');
      }),
      'the chat model did not answer',
    ],
    [
      'it talks nonsense',
      scriptedChat(() => ({ text: 'As a language model' })),
      'answers of the chat model could not be used',
    ],
  ])('ends with what counting found where %s, and says so', async (_, chat, words) => {
    const setting = await workspaceWith(chat);
    const result = await improve(setting);
    expect(result.decision).toBe('promoted');
    expect(result.agents.every(({ counted }) => counted === 0)).toBe(true);
    const report = await reportOf(result, setting);
    expect(report).toContain('No agent gave anything that counts');
    expect(report).toContain(words);
    const { clusters } = await taxonomyOf(result, setting);
    expect(clusters.flatMap(({ evidence }) => evidence).filter((text) => text.includes('agent'))).toEqual([]);
  });

  it('does not ask again for every agent where the chat model has not answered the first', async () => {
    let asked = 0;
    const silent = scriptedChat(() => {
      asked += 1;
      throw new RatchetError('ChatUnavailable', 'Nobody answers.');
    });
    const setting = await workspaceWith(silent);
    const result = await improve(setting);
    expect(asked).toBe(2);
    const outcomes = await readOutcomes(setting.workspace.ports.objects, modelId, result.run);
    expect(outcomes.length).toBeGreaterThan(2);
    expect(new Set(outcomes.map(({ why }) => why))).toEqual(new Set(['model-unavailable']));
    expect(outcomes.filter(({ detail }) => detail.endsWith('was not asked again.'))).toHaveLength(outcomes.length - 1);
  });

  it('ends in good order when the budget is spent', async () => {
    const setting = await workspaceWith(scriptedChat(goodAnalyst), { agentTurnsColdStart: 4 });
    const result = await improve(setting);
    expect((await setting.budgets.get(result.run))?.spent.turns).toBe(4);
    const outcomes = await readOutcomes(setting.workspace.ports.objects, modelId, result.run);
    expect(outcomes.map(({ why }) => why)).toContain('budget-spent');
    expect(await reportOf(result, setting)).toContain('the budget allows no further turn');
    expect(result.decision).toBe('promoted');
  });
});
