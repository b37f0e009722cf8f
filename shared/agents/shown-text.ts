import type { Json } from '../domain/base/json.ts';
import { detectInjection, detectJailbreak } from '../domain/triage/attack.ts';

const withheld = '[withheld: it reads like instructions to a model]';

/** Whether a text reads like instructions to a model. */
export function readsLikeOrders(text: string): boolean {
  return (detectInjection(text) ?? detectJailbreak(text)) !== null;
}

/** A text of a trace as an agent is shown it: cut, and not at all where it reads like instructions to a model. */
export function shownText(text: string, longest = 600): string {
  if (readsLikeOrders(text)) return withheld;
  return text.length <= longest ? text : `${text.slice(0, longest - 1).toWellFormed()}…`;
}

/** {@link shownText} of every text within a value. */
export function shownJson(value: Json, longest = 600): Json {
  if (typeof value === 'string') return shownText(value, longest);
  if (Array.isArray(value)) return value.map((one) => shownJson(one, longest));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [shownText(key, longest), shownJson(one, longest)]),
  );
}
