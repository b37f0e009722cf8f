import type { Entity } from '../../../tasks/extraction/entity.ts';
import { type Token, tokensOf } from './tokens.ts';

/** A smaller share of entities that begin or end at a capital inside a word is not worth cutting every such word. */
const hardly = 0.01;

/**
 * Whether words have to be cut at capitals inside of them, as in `#NewYork`, for entities to be learnt where they stand.
 * @param texts with their tokens as they are without that
 */
export function needsWordCuts(
  texts: readonly { readonly text: string; readonly tokens: readonly Token[]; readonly entities: readonly Entity[] }[],
): boolean {
  let all = 0;
  let mended = 0;
  for (const { text, tokens, entities } of texts) {
    all += entities.length;
    const cutting = entitiesCuttingTokens(tokens, entities);
    if (cutting.length > 0) mended += cutting.length - entitiesCuttingTokens(tokensOf(text, true), cutting).length;
  }
  return mended > 0 && mended >= hardly * all;
}

/** The entities that begin or end inside a token. */
export function entitiesCuttingTokens(tokens: readonly Token[], entities: readonly Entity[]): readonly Entity[] {
  if (entities.length === 0) return entities;
  const inside = new Set<number>();
  for (const { start, end } of tokens) for (let place = start + 1; place < end; place++) inside.add(place);
  return entities.filter(({ start, end }) => inside.has(start) || inside.has(end));
}
