import { useEffect, useState } from 'preact/hooks';
import type { ReviewClaimResponse } from '../../shared/serving/review-messages.ts';
import { modelPath, postJson } from '../api/client.ts';

/** So long a card is looked at before it is claimed: who passes by claims nothing. */
const afterMs = 600;
/** A claim lasts ten minutes. */
const againMs = 5 * 60_000;

/** Claims the card in focus. @returns who else works on it; null for nobody */
export function useClaim(model: string, reviewer: string, cardId: string | null): string | null {
  const [held, setHeld] = useState<{ readonly cardId: string; readonly by: string } | null>(null);
  useEffect(() => {
    if (cardId === null) return;
    let isOver = false;
    const claim = async (): Promise<void> => {
      const body = { reviewer, cardIds: [cardId] };
      // Where it cannot be claimed now, what is said of the card tells why.
      const answer = await postJson<ReviewClaimResponse>(modelPath(model, 'review', 'claims'), body).catch(() => null);
      const by = answer?.held.find((one) => one.cardId === cardId)?.reviewer;
      if (!isOver) setHeld(by === undefined ? null : { cardId, by });
    };
    const first = setTimeout(() => void claim(), afterMs);
    const again = setInterval(() => void claim(), againMs);
    return () => {
      isOver = true;
      clearTimeout(first);
      clearInterval(again);
    };
  }, [model, reviewer, cardId]);
  return held?.cardId === cardId ? held.by : null;
}
