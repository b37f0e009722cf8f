import type { Model } from '../shared/domain/models/model.ts';
import { type ChatModel, isPriced } from '../shared/ports/chat-model.ts';
import type { Ports } from '../shared/ports/ports.ts';

/**
 * What a run's budget in dollars does not limit, a sentence each.
 * @param chat the chat model that answers; null for none
 */
export function budgetNotes(
  { judge, secondOpinion }: Pick<Model, 'judge' | 'secondOpinion'>,
  chat: Pick<ChatModel, 'prices'> | null,
  { judges }: Pick<Ports, 'judges'>,
): string[] {
  if (chat === null) return [];
  const asks = [judge, secondOpinion].some((name) => name !== null && judges.get(name)?.mustAgree === true);
  return [
    ...(isPriced(chat)
      ? []
      : [
          'Note: the chat model has no prices (RATCHET_CHAT_PRICES, or "prices" in chat.json), so all that it does counts as free, and --budget stops nothing.',
        ]),
    ...(asks
      ? [
          'Note: --budget limits the agents alone. How much judges ask the chat model is limited by the settings judgeLimit and agreementSample.',
        ]
      : []),
  ];
}
