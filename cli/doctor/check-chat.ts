import { RatchetError } from '../../shared/domain/base/errors.ts';
import { type ChatModel, type ChatRequest, costOf, isPriced } from '../../shared/ports/chat-model.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Check } from '../results.ts';
import { ok, thrown, warning } from './check.ts';

/** How long the answer may take; a model on a laptop may have to be loaded first. */
const patienceMs = 60_000;

const question: ChatRequest = {
  messages: [{ role: 'user', text: 'Answer with the one word: ready' }],
  tools: [],
  toolChoice: 'none',
  schema: null,
  // Models that reason before they answer need room for it.
  maxOutputTokens: 256,
  temperature: 0,
  seed: 1,
};

/** Asks the chat model one short question. @param find null where no model is configured */
export async function checkChat(find: () => Promise<ChatModel | null>, clock: Clock): Promise<Check> {
  try {
    const model = await find();
    if (model === null) return ok('chat model', 'none is configured; all works without one');
    const begun = clock.now();
    const { text, end, usage } = await model.answer(question, begun + patienceMs);
    const took = `${((clock.now() - begun) / 1000).toFixed(1)} s`;
    const cost = `${usage.inputTokens} tokens read, ${usage.outputTokens} written, ${isPriced(model) ? `$${costOf(usage, model.prices).toFixed(6)}` : 'no prices configured'}`;
    if (text.trim() === '') {
      return warning('chat model', `${model.name} gave no text (${end}; ${cost})`, 'Try another model.');
    }
    return ok('chat model', `${model.name} answers ${JSON.stringify(text.trim().slice(0, 40))} in ${took}: ${cost}`);
  } catch (error) {
    return thrown('chat model', asFound(error), 'See the message.');
  }
}

/** What else may be done than to ask the doctor, who has just asked. */
function asFound(error: unknown): unknown {
  if (!(error instanceof RatchetError) || error.name !== 'ChatUnavailable') return error;
  const mend =
    'Start it, or correct its address: RATCHET_CHAT_URL, or chat.json of the workspace. Runs go on without it.';
  return new RatchetError(error.name, error.message, { mend, cause: error });
}
