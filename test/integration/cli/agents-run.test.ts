import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DirectoryObjectStore } from '../../../shared/adapters/local/directory-object-store.ts';
import { SeededRandom } from '../../../shared/adapters/local/seeded-random.ts';
import { SqliteBudgets } from '../../../shared/adapters/local/sqlite-budgets.ts';
import { type AgentOutcome, readOutcomes } from '../../../shared/agents/outcome.ts';
import type { RunResult } from '../../../shared/loop/state/run-result.ts';
import type { ChatRequest } from '../../../shared/ports/chat-model.ts';
import { blockIn, goodAnalyst, roleOf } from '../../helpers/analyst-script.ts';
import { ChatByScript, type Scene } from '../../helpers/chat-by-script.ts';
import { samples } from '../../helpers/made-up-traffic.ts';
import { ratchetInProcess } from './in-process.ts';

const launcher = new URL('../../../cli/bin/ratchet.js', import.meta.url).pathname;
const turnsOfAll = 38;
const lines = (values: readonly object[]) => values.map((value) => JSON.stringify(value)).join('\n');

let server: ChatByScript;
let directory: string;
beforeAll(async () => {
  server = await ChatByScript.start();
  directory = await mkdtemp(join(tmpdir(), 'ratchet-agents-run-'));
  const workspace = join(directory, 'made');
  const random = new SeededRandom();
  const ratchet = async (args: readonly string[], stdin: string) => {
    const ended = await ratchetInProcess([...args, '--workspace', workspace], stdin);
    if (ended.code !== 0) throw new Error(ended.stderr);
  };
  const settings = ['--set', `agentTurnsColdStart=${turnsOfAll}`, '--set', 'maxIterations=2'];
  const back = ['--foundation', 'none', '--no-evaluate', '--analyst', 'agents'];
  await ratchet(
    ['create', 'support', '--examples', '-', ...back, ...settings],
    lines(samples(60, 0, random.stream(1, 'training'))),
  );
  const traffic = samples(400, 0.4, random.stream(1, 'traffic')).map(({ input, output }, at) => ({
    traceId: `t${at}`,
    timestamp: '2026-01-01T00:00:00Z',
    input,
    output: 'refund',
    expected: output,
    judge: { kind: 'human', id: 'ana' },
  }));
  await ratchet(['ingest', 'support', '-'], lines(traffic));
  const chat = {
    url: server.url,
    model: 'scripted',
    window: 8_000,
    retries: 1,
    prices: { input: 1, cachedInput: 0.1, output: 5 },
  };
  await writeFile(join(workspace, 'chat.json'), JSON.stringify(chat));
}, 120_000);
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

/** Copies the workspace and starts a run in it, in a process of its own. */
async function copyOf(name: string): Promise<string> {
  const workspace = join(directory, name);
  await cp(join(directory, 'made'), workspace, { recursive: true });
  return workspace;
}

async function run(workspace: string, started: (child: ChildProcess) => void = () => undefined) {
  const child = spawn(
    process.execPath,
    [launcher, 'run', 'support', '--seed', '3', '--json', '--workspace', workspace],
    {
      env: { PATH: process.env.PATH },
    },
  );
  started(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  await new Promise((resolve) => child.on('close', resolve));
  return { stdout, stderr, code: child.exitCode, signal: child.signalCode };
}

/** How the agents of a finished run came out, the budget they had, and its report. */
async function cameOut(workspace: string, stdout: string) {
  const result: RunResult = JSON.parse(stdout);
  const objects = new DirectoryObjectStore(join(workspace, 'objects'));
  const outcomes = await readOutcomes(objects, 'support', result.run);
  const budgets = new SqliteBudgets(join(workspace, 'lineage.sqlite'));
  const budget = await budgets.get(result.run);
  budgets.close();
  const of = (role: string): AgentOutcome[] => outcomes.filter((one) => one.role === role);
  return { result, outcomes, of, budget, page: await readFile(result.report, 'utf8') };
}

/** Everything that can come in between, each once or for each agent. */
function troubled(kill: () => void): (request: ChatRequest, turn: number, asked: number) => Scene {
  let killed = false;
  return (request, turn, asked) => {
    if (asked === 1) return { status: 429 };
    if (asked === 3) return 'malformed';
    switch (roleOf(request)) {
      case 'trace-analyzer': {
        // Reads on and on, so that its window is full more than once.
        const ids = blockIn(request, 'failures').map(({ traceId }) => traceId);
        if (turn < 12)
          return {
            text: `I look. ${'So much to see. '.repeat(40)}`,
            calls: [['read_examples', { traceIds: ids.slice(0, 8) }]],
          };
        return goodAnalyst(request, turn === 12 ? 1 : 2);
      }
      case 'prober':
        if (turn === 0) return { calls: [['propose_probes', '{"probes": [{"traceId": "t']], end: 'length' };
        return goodAnalyst(request, turn - 1);
      case 'curriculum-writer': {
        if (!killed) {
          killed = true;
          kill();
          return 'drop';
        }
        const good = goodAnalyst(request, turn);
        const [first] = blockIn(request, 'failures of the cluster');
        if (turn > 0 || first === undefined) return good;
        const bad = { slice: 'gold', traceId: first.traceId, input: first.input };
        const { examples = [] } = (good.calls?.[0]?.[1] ?? {}) as { examples?: readonly object[] };
        return { calls: [['propose_examples', { examples: [...examples, bad] }]] };
      }
      default:
        return goodAnalyst(request, turn);
    }
  };
}

describe('ratchet run with agents on a server of OpenAI’s protocol', { timeout: 300_000 }, () => {
  it('goes through a throttle, a malformed answer, compactions, a crash and the end of its budget', async () => {
    const workspace = await copyOf('troubled');
    let child: ChildProcess | undefined;
    server.play(troubled(() => child?.kill('SIGKILL')));
    const crashed = await run(workspace, (started) => {
      child = started;
    });
    expect(crashed.signal).toBe('SIGKILL');
    const before = server.requests.filter((request) => roleOf(request) === 'trace-analyzer').length;
    const resumed = await run(workspace);
    expect([0, 3]).toContain(resumed.code);
    // Nobody is asked again whose answers were stored.
    expect(server.requests.filter((request) => roleOf(request) === 'trace-analyzer')).toHaveLength(before);

    const { result, outcomes, of, budget, page } = await cameOut(workspace, resumed.stdout);
    expect(of('trace-analyzer')[0]).toMatchObject({ counts: true, why: 'finished' });
    expect(of('trace-analyzer')[0]?.compactions).toBeGreaterThan(0);
    expect(of('taxonomist')[0]).toMatchObject({ counts: true });
    expect(page).toContain('Everything with a landlord');
    expect(of('prober').filter(({ counts }) => counts).length).toBeGreaterThan(0);
    const writers = of('curriculum-writer');
    expect(writers.some(({ counts }) => counts)).toBe(true);
    expect(writers.flatMap(({ refusals }) => Object.keys(refusals))).toContain(
      'it is nearly the same as a text on record',
    );
    expect(page).toContain('it is nearly the same as a text on record');
    expect(page).toContain('written by agents, each after a trace');

    expect(outcomes.map(({ why }) => why)).toContain('budget-spent');
    expect(budget?.spent.turns).toBe(turnsOfAll);
    expect(budget?.reserved.turns).toBe(0);
    expect(result.agents.reduce((sum, { turns }) => sum + turns, 0)).toBe(turnsOfAll);
    expect(result.agents.map(({ role, stage }) => `${role} ${stage}`)).toEqual(
      expect.arrayContaining([
        'curriculum-writer synthesize-curriculum',
        'prober confirm-weaknesses',
        'taxonomist build-taxonomy',
        'trace-analyzer analyze-failures',
      ]),
    );
    const ended = result.agents.flatMap(({ ended: of }) => Object.keys(of ?? {}));
    expect(ended).toContain('budget-spent');
    expect(page).toContain('the budget allows no further turn');
  });

  it('ends with what counting finds where the server goes down in the middle, and says so', async () => {
    const workspace = await copyOf('down');
    server.play((request, turn) => {
      const isUp = ['trace-analyzer', 'taxonomist'].includes(roleOf(request));
      return isUp ? goodAnalyst(request, turn) : 'drop';
    });
    const { stdout, code } = await run(workspace);
    expect([0, 3]).toContain(code);
    const { result, of, page } = await cameOut(workspace, stdout);
    expect(['promoted', 'kept']).toContain(result.decision);
    expect(of('taxonomist')[0]?.counts).toBe(true);
    for (const role of ['prober', 'curriculum-writer']) {
      expect(new Set(of(role).map(({ why }) => why))).toEqual(new Set(['model-unavailable']));
    }
    expect(page).toContain('the rest of the diagnosis is what counting found');
    expect(page).toContain('the chat model did not answer');
    expect(page).not.toContain('written by agents');
  });
});
