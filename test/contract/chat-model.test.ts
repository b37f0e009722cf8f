import { createBedrockChat } from '../../shared/adapters/chat/bedrock-chat.ts';
import { createOpenAiChat } from '../../shared/adapters/chat/openai-chat.ts';
import { SystemClock } from '../../shared/adapters/local/system-clock.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { ChatAnswer, ChatModel } from '../../shared/ports/chat-model.ts';
import { ChatServer, type RecordedResponse } from '../helpers/chat-server.ts';
import { type ScriptedAnswer, ScriptedChatModel } from '../helpers/scripted-chat-model.ts';
import { bedrockResponse } from './bedrock-wire.ts';
import { type ChatEvent, type ChatHarness, chatModelContract, secretKey } from './chat-model-contract.ts';
import { openAiResponse } from './openai-wire.ts';

const prices = { input: 1, cachedInput: 0.1, output: 5 };
const shared = { model: 'small', temperature: true, window: 4_096, prices, retries: 2, clock: new SystemClock() };
/** Port 9 takes no connections. */
const nobody = 'http://127.0.0.1:9';

chatModelContract('OpenAI-compatible', () =>
  overTheWire(openAiResponse, (url) =>
    createOpenAiChat({ ...shared, url: `${url}/v1`, key: secretKey, limitField: 'max_tokens' }),
  ),
);

process.env.AWS_ACCESS_KEY_ID = 'AKIAEXAMPLE';
process.env.AWS_SECRET_ACCESS_KEY = secretKey;
chatModelContract('Bedrock', () =>
  overTheWire(bedrockResponse, (url) =>
    createBedrockChat({ ...shared, url, region: 'eu-central-1', promptCaching: true }),
  ),
);

chatModelContract('scripted', scripted);

async function overTheWire(
  respond: (event: ChatEvent) => RecordedResponse,
  create: (url: string) => ChatModel,
): Promise<ChatHarness> {
  const server = await ChatServer.start();
  return {
    model: create(server.url),
    unreachable: create(nobody),
    play: (...events) => server.play(...events.map(respond)),
    seen: () => server.seen.map(({ body }) => body),
    close: () => server.close(),
  };
}

/** The scripted model tries again nothing by itself, as there is no wire: what is asked again is asked of the script. */
async function scripted(): Promise<ChatHarness> {
  const script = new ScriptedChatModel([{}]);
  return {
    model: retrying(script, 2),
    unreachable: new ScriptedChatModel([new RatchetError('ChatUnavailable', 'nobody listens')]),
    play: (...events) => script.play(events.map(scriptedAnswer)),
    seen: () => script.asked.map((request) => JSON.stringify(request)),
    close: async () => {},
  };
}

function retrying(model: ScriptedChatModel, retries: number): ChatModel {
  return {
    name: model.name,
    window: model.window,
    prices: model.prices,
    async answer(request, deadline): Promise<ChatAnswer> {
      for (let tried = 0; ; tried += 1) {
        if (Date.now() >= deadline) throw new RatchetError('ChatUnavailable', 'too late');
        try {
          return await model.answer(request, deadline);
        } catch (error) {
          if (!(error instanceof RatchetError) || !error.retryable || tried === retries) throw error;
        }
      }
    },
  };
}

function scriptedAnswer(event: ChatEvent): ScriptedAnswer {
  switch (event.kind) {
    case 'answers':
      return { text: event.text, ...(event.usage === undefined ? {} : { usage: event.usage }) };
    case 'calls':
      return { text: event.text, toolCalls: event.calls };
    case 'is-cut-off':
      return { text: event.text, end: 'length' };
    case 'says-nothing':
      return {};
    case 'filters-its-answer':
      return { end: 'filtered' };
    case 'finds-it-too-long':
      return new RatchetError('ChatTooLong', event.kind);
    case 'finds-it-invalid':
    case 'knows-no-such-key':
    case 'knows-no-such-model':
      return new RatchetError('ChatRefused', event.kind);
    case 'hangs':
      return (_, deadline) =>
        new Promise((resolve) => {
          setTimeout(() => resolve(new RatchetError('ChatUnavailable', event.kind)), deadline - Date.now());
        });
    default:
      return new RatchetError('ChatUnavailable', event.kind);
  }
}
