import { describe, expect, test } from 'vitest';
import { checkChat } from '../../../../cli/doctor/check-chat.ts';
import { RatchetError } from '../../../../shared/domain/base/errors.ts';
import { scriptedChat } from '../../../helpers/scripted-chat.ts';

const clock = { now: () => 0 };

describe('the doctor on the chat model', () => {
  test('tells what a question cost, or that nobody told what it costs', async () => {
    const ready = () => ({ text: 'ready' });
    const paid = await checkChat(async () => scriptedChat(ready, { price: 3 }), clock);
    expect(JSON.stringify(paid)).toMatch(/answers .*ready.* written, \$0\.0000\d\d/);
    const free = await checkChat(async () => scriptedChat(ready, { price: 0 }), clock);
    expect(JSON.stringify(free)).toContain('no prices configured');
  });

  test('says what to do about a model that does not answer, and does not send people to the doctor', async () => {
    const silent = scriptedChat(() => {
      throw new RatchetError('ChatUnavailable', 'The chat model does not answer: ECONNREFUSED');
    });
    const told = JSON.stringify(await checkChat(async () => silent, clock));
    expect(told).toContain('ECONNREFUSED');
    expect(told).toContain('RATCHET_CHAT_URL');
    expect(told).not.toContain('ratchet doctor');
  });
});
