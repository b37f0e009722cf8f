import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { createLlmJudge } from '../../shared/adapters/judges/llm-judge.ts';
import { gateFileSchema } from '../../shared/loop/state/gate-result.ts';
import type { RunResult } from '../../shared/loop/state/run-result.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import type { ChatRequest } from '../../shared/ports/chat-model.ts';
import { readJson } from '../../shared/ports/documents.ts';
import { Killed } from '../helpers/killed.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import { type ScriptedChat, scriptedChat } from '../helpers/scripted-chat.ts';
import { judgement } from '../helpers/scripted-judge.ts';
import { bytesOf, championOf, ingest, modelId, recordingUi } from '../helpers/test-workspace.ts';
import { type WorkspaceCopies, workspaceCopies } from '../helpers/workspace-copies.ts';

// Answers are worded freely, each in its own way: a judge alone can tell that two say the same. They do where they name the
// same department. Traffic comes to use words that the first examples do not have.
const departments = new Map<string, string>();
const replyTo = (department: string, at: number) => `Our ${department} department will help you (note ${at}).`;
const isRight = (input: string, answer: string) => answer.includes(` ${departments.get(input)} `);
let copies: WorkspaceCopies;
let undisturbed: { readonly chat: ScriptedChat; readonly workspace: Workspace; readonly result: RunResult };

beforeAll(async () => {
  copies = await workspaceCopies(async (workspace) => {
    const { ports } = workspace;
    const random = ports.random.stream(1, 'judged');
    const examples = samples(60, 0, random);
    await createModel(
      {
        modelId,
        task: 'generation',
        labels: [],
        options: { checker: 'judge' },
        examples: bytesOf(examples.map(({ input, output }, at) => ({ input, output: replyTo(output, at) }))),
        backEnds: {
          trainer: 'nearest',
          predictor: 'nearest',
          analyst: 'statistical',
          judge: 'llm',
          secondOpinion: null,
        },
        trainerOptions: {},
        settings: { maxIterations: 1 },
        seed: 1,
        by: 'test',
      },
      ports,
    );
    const traffic = samples(260, 0.6, random);
    for (const { input, output } of traffic) departments.set(input, output);
    const inputs = traffic.map(({ input }) => input);
    const answers = await answerWith(await championOf(workspace), inputs, ports);
    const lines = traffic.map(({ input, output }, at) => {
      const answer = String(answers[at]?.output);
      const passes = isRight(input, answer);
      return {
        modelId,
        traceId: `t-${at}`,
        timestamp: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
        input,
        output: answer,
        verdict: passes ? ('pass' as const) : ('fail' as const),
        ...(passes ? {} : { expected: replyTo(output, 1_000 + at) }),
        judge: { kind: 'human' as const, id: 'ana', reason: '' },
      };
    });
    await ingest(workspace, lines);
  });
  const chat = knowing();
  const workspace = judgedBy(chat, await copies.open());
  undisturbed = { chat, workspace, result: await runLoop(workspace, request, recordingUi()) };
}, 120_000);
afterAll(() => copies.dispose());

const block = ({ messages }: ChatRequest, name: string) =>
  new RegExp(`begin ${name}\\]\\n(.*)\\n\\[`).exec(messages.at(-1)?.role === 'user' ? textOf(messages) : '')?.[1];
const textOf = (messages: ChatRequest['messages']) => messages.map((one) => ('text' in one ? one.text : '')).join('\n');
/** Questions about candidates alone show a right answer: of those on record that people failed or passed none is shown. */
const isOfCandidates = (request: ChatRequest) => block(request, 'right answer') !== undefined;

/** A chat model that knows the departments. @param killAt after so many questions about candidates it is gone */
function knowing(killAt = Number.POSITIVE_INFINITY): ScriptedChat & { revive(): void } {
  let left = killAt;
  const chat = scriptedChat((request) => {
    if (isOfCandidates(request)) {
      if (left <= 0) throw new Killed();
      left -= 1;
    }
    const right = isRight(block(request, 'input') ?? '', block(request, 'answer') ?? '');
    return judgement(right ? 'pass' : 'fail');
  });
  return Object.assign(chat, { revive: () => (left = Number.POSITIVE_INFINITY) });
}

function judgedBy(chat: ScriptedChat, workspace: Workspace): Workspace {
  const { ports } = workspace;
  const { objects, clock, tasks, budgets } = ports;
  if (budgets === undefined) throw new Error('a workspace has budgets');
  const judge = createLlmJudge({ name: 'llm', votes: 1, objects, clock, tasks, budgets, chat: async () => chat });
  return { ...workspace, ports: { ...ports, judges: new Map([...ports.judges, [judge.name, judge]]) } };
}

async function evidenceRule({ run }: RunResult, { ports }: Workspace) {
  const file = await readJson(ports.objects, `runs/${modelId}/${run}/1/gate-candidates/all/gate.json`, gateFileSchema);
  const [first] = file.candidates;
  const rule = first?.verdict.rules.find((one) => one.rule === 'evidence')?.detail ?? '';
  return { rule, evidence: first?.request.evidence, candidates: file.candidates.length };
}

const page = async ({ report }: RunResult, { ports }: Workspace) =>
  new TextDecoder().decode(await ports.objects.get(report));
const request = { modelId, seed: 1, retryWaitMs: 0 };
const costOf = ({ requests, prices }: ScriptedChat) => {
  // As the scripted model counts: of what it reads, and 4 times as much for each of the tokens that it writes.
  const tokens = requests.map((one) => Math.ceil(Buffer.byteLength(JSON.stringify([one.messages, one.tools])) / 4));
  return (tokens.reduce((sum, one) => sum + one + 4 * 40, 0) * prices.input) / 1_000_000;
};

describe('a model whose answers only a judge can tell', { timeout: 120_000 }, () => {
  test('promotes by what the judge says of candidates’ answers, each asked about once', async () => {
    const { chat, workspace, result } = undisturbed;
    expect(result).toMatchObject({ decision: 'promoted', judges: { judge: { counts: true } } });
    expect(result.scores.after?.traffic).toBeGreaterThan((result.scores.before.traffic ?? 1) + 0.2);
    const asked = chat.requests.filter(isOfCandidates).map(({ messages }) => textOf(messages));
    expect(asked.length).toBeGreaterThan(50);
    expect(new Set(asked).size).toBe(asked.length);
    const { evidence, rule } = await evidenceRule(result, workspace);
    expect(evidence?.undecided).toBeUndefined();
    expect(rule).toMatch(/\d+ answers say it otherwise than the right output and were judged: \d+ passed\./);
    expect(await page(result, workspace)).toContain('and were judged');
  });

  test('ends well where the money does, and says how many answers were judged and how many were not', async () => {
    const all = undisturbed.chat;
    const chat = knowing();
    const workspace = judgedBy(chat, await copies.open());
    const people = { ...all, requests: all.requests.filter((one) => !isOfCandidates(one)) };
    const budgetUsd = costOf(people) + (costOf(all) - costOf(people)) / 2;
    const result = await runLoop(workspace, { ...request, budgetUsd }, recordingUi());
    const { evidence, rule } = await evidenceRule(result, workspace);
    expect(evidence?.judged).toBeGreaterThan(20);
    expect(evidence?.undecided).toBeGreaterThan(20);
    expect(rule).toMatch(/nobody has judged that: left out, and \d+ more of records to which the judge did not come\./);
    expect(rule).toContain('raise --budget');
    expect(await page(result, workspace)).toContain('nobody has judged that');
    const spent = await workspace.ports.budgets?.get(result.run);
    expect(spent?.spent.microUsd).toBeLessThanOrEqual(budgetUsd * 1_000_000);
    expect(result.scores.after?.traffic).toBeGreaterThan((result.scores.before.traffic ?? 1) + 0.2);
  });

  test('killed among the questions it goes on where it was, asks nothing twice, and ends as if nothing had been', async () => {
    const expected = undisturbed.result;
    const chat = knowing(32);
    const workspace = judgedBy(chat, await copies.open());
    await expect(runLoop(workspace, request, recordingUi())).rejects.toThrow();
    const [run] = await workspace.ports.lineage.listRuns(modelId);
    if (run === undefined) throw new Error('there is no run');
    // As a process leaves it that is gone: it records no failure.
    await workspace.ports.lineage.putRun({ ...run, status: 'running', finishedAt: null, failure: null });
    const answered = new Set(chat.requests.slice(0, 32 + chat.requests.findIndex(isOfCandidates)).map(textOfRequest));
    const before = chat.requests.length;
    chat.revive();
    const result = await runLoop(workspace, request, recordingUi());
    expect(result.run).toBe(run.runId);
    const again = chat.requests.slice(before);
    expect(again.length).toBeGreaterThan(20);
    expect(again.filter((one) => answered.has(textOfRequest(one)))).toEqual([]);
    expect(result).toMatchObject({ decision: 'promoted', scores: expected.scores, gain: expected.gain });
  });
});

function textOfRequest({ messages }: ChatRequest): string {
  return textOf(messages);
}
