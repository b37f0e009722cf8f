/** Who works on a card. */
export interface Claim {
  readonly reviewer: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

export const claimMs = 10 * 60_000;

/**
 * Who works on which cards, so that two people do not judge the same ones at once. A claim lasts ten minutes, and as long
 * again when it is renewed. Held in memory: it keeps people out of each other's way, and nothing rests on it.
 */
export class Claims {
  readonly #claims = new Map<string, Claim>();

  /** @returns null where nobody, or nobody any more, works on it */
  of(cardId: string, now: number): Claim | null {
    const claim = this.#claims.get(cardId);
    return claim === undefined || !isLive(claim, now) ? null : claim;
  }

  /** Claims those of the cards that no other holds. @returns the others, with who holds them */
  take(
    cardIds: readonly string[],
    reviewer: string,
    now: number,
  ): { readonly claimed: readonly string[]; readonly held: readonly (Claim & { readonly cardId: string })[] } {
    for (const [cardId, claim] of this.#claims) if (!isLive(claim, now)) this.#claims.delete(cardId);
    const claimed: string[] = [];
    const held: (Claim & { readonly cardId: string })[] = [];
    for (const cardId of new Set(cardIds)) {
      const claim = this.#claims.get(cardId);
      if (claim !== undefined && claim.reviewer !== reviewer) {
        held.push({ cardId, ...claim });
        continue;
      }
      this.#claims.set(cardId, { reviewer, until: now + claimMs });
      claimed.push(cardId);
    }
    return { claimed, held };
  }

  /** Frees what a reviewer is done with. */
  release(cardIds: readonly string[], reviewer: string): void {
    for (const cardId of cardIds) if (this.#claims.get(cardId)?.reviewer === reviewer) this.#claims.delete(cardId);
  }
}

/** One that would last for longer than any was given while the clock stood ahead. */
function isLive({ until }: Claim, now: number): boolean {
  return until > now && until - now <= claimMs;
}
