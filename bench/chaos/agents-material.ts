import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorkspace } from '../../cli/workspace.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import type { ChatModel, ChatRequest } from '../../shared/ports/chat-model.ts';
import { goodAnalyst } from '../../test/helpers/analyst-script.ts';
import { type LabelledLine, labelOfText, samples } from '../../test/helpers/made-up-traffic.ts';
import { type ScriptedChat, scriptedChat } from '../../test/helpers/scripted-chat.ts';
import { answeredTraffic, bytesOf, modelId } from '../../test/helpers/test-workspace.ts';
import { withWorkspace } from '../kill-runs/inspect.ts';

/** What a trial of agents and judges begins with, and the traces that come in. */
export interface AgentsMaterial {
  readonly lines: readonly LabelledLine[];
  copy(name: string): Promise<string>;
  dispose(): Promise<void>;
}

const observer = { progress: () => undefined, note: () => undefined };

/** A model whose analyst is one of agents and whose judge is a chat model; people have judged two of three traces. */
export async function makeAgentsMaterial(traces = 240): Promise<AgentsMaterial> {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-chaos-agents-'));
  const origin = join(directory, 'origin');
  const workspace = await openWorkspace(origin, { observer, create: true });
  await createModel(
    {
      ...{ modelId, task: 'classification', labels: [], trainerOptions: { foundation: 'none' }, seed: 1, by: 'bench' },
      examples: bytesOf(samples(60, 0, workspace.ports.random.stream(1, 'training'))),
      backEnds: { ...defaultBackEnds, analyst: 'agents', judge: 'llm' },
      settings: { maxIterations: 1 },
    },
    workspace.ports,
  ).finally(() => workspace.close());
  const lines = await withWorkspace(origin, async (opened) => {
    const traffic = samples(traces, 0.4, opened.ports.random.stream(1, 'day 1'));
    return (await answeredTraffic(opened, traffic, 'day1')).map(({ verdict, expected, judge: _, ...line }, at) =>
      at % 3 === 2 ? line : { ...line, verdict, expected, judge: { kind: 'human' as const, id: 'ana', reason: '' } },
    );
  });
  return {
    lines: lines as readonly LabelledLine[],
    async copy(name) {
      const target = join(directory, name);
      await cp(origin, target, { recursive: true });
      return target;
    },
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
}

/**
 * A chat model that answers agents and judges as one would wish it, says again what was refused, and counts what its provider
 * would charge.
 */
export function meteredChat(): { readonly chat: ChatModel; readonly usd: () => number; readonly asked: () => number } {
  const inner: ScriptedChat = scriptedChat((request, turn) => {
    const system = request.messages[0]?.text ?? '';
    return system.startsWith('You judge answers')
      ? judged(request.messages[1]?.text ?? '')
      : goodAnalyst(request, Math.max(0, turn - refusedTurns(request)));
  });
  let microUsd = 0;
  let asked = 0;
  const chat: ChatModel = {
    ...inner,
    async answer(request, deadline) {
      const answer = await inner.answer(request, deadline);
      asked += 1;
      microUsd += answer.usage.inputTokens * inner.prices.input + answer.usage.outputTokens * inner.prices.output;
      return answer;
    },
  };
  return { chat, usd: () => microUsd / 1e6, asked: () => asked };
}

/** Turns of which no call was taken. */
function refusedTurns({ messages }: ChatRequest): number {
  const failed = new Map(
    messages.flatMap((message) => (message.role === 'tool' ? [[message.callId, message.failed]] : [])),
  );
  return messages.filter(
    (message) =>
      message.role === 'assistant' &&
      message.toolCalls.length > 0 &&
      message.toolCalls.every(({ id }) => failed.get(id) === true),
  ).length;
}

/** What a judge says that knows by which words each label goes. */
function judged(question: string): { readonly text: string } {
  const block = (name: string) => new RegExp(`begin ${name}\\]\\n([\\s\\S]*?)\\n\\[`).exec(question)?.[1] ?? '';
  const right = labelOfText(block('input'));
  const passes = block('answer').includes(right);
  const verdict = passes ? 'pass' : 'fail';
  return { text: JSON.stringify({ reason: 'By its words.', verdict, correction: passes ? null : right }) };
}
