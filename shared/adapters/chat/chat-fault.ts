import { type ErrorName, RatchetError } from '../../domain/base/errors.ts';

type ChatFault = Extract<ErrorName, `Chat${string}`>;

const longestMessage = 500;

/** A fault in the provider's own words, cut to a line of bearable length. */
export function chatFault(name: ChatFault, said: string, cause: unknown): RatchetError {
  const words = said.replaceAll(/\s+/g, ' ').trim().slice(0, longestMessage);
  return new RatchetError(name, `${beginnings[name]}: ${words === '' ? 'no reason given' : words}`, { cause });
}

const beginnings: Record<ChatFault, string> = {
  ChatUnavailable: 'The chat model does not answer',
  ChatRefused: 'The chat model refuses the request',
  ChatTooLong: 'The request is longer than the chat model can read',
};

/** How providers and servers say that a request is too long, where they have no code for it. */
export function saysTooLong(message: string): boolean {
  return /context (length|window|size|limit)|maximum context|too many (input )?tokens|(input|prompt) is too long|exceeds? the (available )?context/i.test(
    message,
  );
}
