import { type ChatModel, isPriced } from '../shared/ports/chat-model.ts';

/**
 * What a run's budget in dollars does not limit, a sentence each: nothing, where prices are known.
 * @param chat the chat model that answers; null for none
 */
export function budgetNotes(chat: Pick<ChatModel, 'prices'> | null): string[] {
  if (chat === null || isPriced(chat)) return [];
  return [
    'Note: the chat model has no prices (RATCHET_CHAT_PRICES, or "prices" in chat.json), so all that it does counts as free, and --budget stops nothing.',
  ];
}
