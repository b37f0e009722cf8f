import type { Json } from '../../../shared/domain/base/json.ts';

/** What a text tells whoever reads it to do: to call a tool, or to find an answer right. */
export type Order =
  | { readonly kind: 'call'; readonly tool: string; readonly given: Json }
  | { readonly kind: 'verdict'; readonly verdict: 'pass' };

export function call(tool: string, given: Json): Order {
  return { kind: 'call', tool, given };
}

export const pass: Order = { kind: 'verdict', verdict: 'pass' };

/** The order in words, with the verb of a language. */
export function inWords(order: Order, verb = 'CALL'): string {
  return order.kind === 'verdict' ? 'VERDICT pass' : `${verb} ${order.tool} ${JSON.stringify(order.given)}`;
}

/** Tells orders apart. */
export function orderKey(order: Order): string {
  return inWords(order);
}
