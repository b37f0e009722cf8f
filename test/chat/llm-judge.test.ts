import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SystemClock } from '../../shared/adapters/local/system-clock.ts';
import { createChatModel } from '../../shared/composition/create-chat-model.ts';
import { chatConfigurationSchema } from '../../shared/domain/base/chat-configuration.ts';
import type { JudgeRequest } from '../../shared/ports/judge.ts';
import { toEnd } from '../../shared/ports/to-end.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';
import { judgeAsking } from '../helpers/scripted-judge.ts';
import { notInstalled, type RealChatServer, startRealChatServer } from './real-chat-server.ts';

/** Whether the smallest of models is right does not matter here: what it says is used, or counted as nonsense. */
describe.skipIf(notInstalled !== null)('a judge that asks SmolLM2-135M-Instruct', () => {
  let server: RealChatServer;
  beforeAll(async () => {
    server = await startRealChatServer();
  });
  afterAll(() => server?.stop());

  it('judges each answer or counts it as unusable, and the same again', async () => {
    const clock = new SystemClock();
    const configuration = { provider: 'openai', url: `${server.url}/v1`, model: 'smollm2', window: 2_048, retries: 0 };
    const chat = createChatModel(chatConfigurationSchema.parse(configuration), { clock, key: async () => null });
    const inputs = ['win a prize now', 'lunch at noon'];
    const request: JudgeRequest = {
      task: { kind: 'classification', labels: ['ham', 'spam'] } as JudgeRequest['task'],
      rubric: 'Offers nobody asked for are spam.',
      answers: inputs.map((input) => ({ traceId: input, input, answer: labelOutput('spam'), expected: null })),
    };
    const judged = await toEnd(judgeAsking(chat, { clock }), 'k', request);
    expect(judged.trouble).toBeNull();
    expect(judged.answers.length + judged.unusable).toBe(inputs.length);
    for (const { verdict, judge } of judged.answers) {
      expect(['pass', 'fail']).toContain(verdict);
      expect(judge.id).toBe('llm:smollm2');
    }
    expect(await toEnd(judgeAsking(chat, { clock }), 'k', request)).toEqual(judged);
  });
});
