import { APIConnectionError, APIError } from 'openai';
import { RatchetError } from '../../domain/base/errors.ts';
import { chatFault, saysTooLong } from './chat-fault.ts';

/** Refused for what the request says: the endpoint's content filter, which is an answer and no fault. */
export function isFilteredPrompt(error: unknown): boolean {
  return error instanceof APIError && error.code === 'content_filter';
}

/**
 * What the `openai` client threw, once it had tried again what may be, under the name that it has here.
 * @param key of the endpoint, which some repeat in their messages; null for none
 */
export function openAiFault(error: unknown, key: string | null): RatchetError {
  if (error instanceof RatchetError) return error;
  const said = messageWithCauses(error);
  const message = key === null || key === '' ? said : said.replaceAll(key, '…');
  if (!(error instanceof APIError) || error instanceof APIConnectionError || error.status === undefined) {
    return chatFault('ChatUnavailable', message, error);
  }
  const { status, code } = error;
  if (isTooLongPrompt(error)) return chatFault('ChatTooLong', message, error);
  // Throttled for good: there is no money left.
  if (code === 'insufficient_quota') return chatFault('ChatRefused', message, error);
  const comesBack = status >= 500 || [408, 409, 425, 429].includes(status);
  return chatFault(comesBack ? 'ChatUnavailable' : 'ChatRefused', message, error);
}

/** Refused since it does not fit into what the model reads, in the words of OpenAI, vLLM or llama.cpp. */
export function isTooLongPrompt(error: unknown): boolean {
  if (!(error instanceof APIError) || error.status === undefined) return false;
  const { status, code, type, message } = error;
  const named = code === 'context_length_exceeded' || type === 'exceed_context_size_error';
  return status === 413 || named || (status < 429 && saysTooLong(message));
}

/** The message with that of its cause, which alone says why a connection failed. */
export function messageWithCauses(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `: ${messageWithCauses(error.cause)}`;
  const code = 'code' in error && typeof error.code === 'string' && error.message === '' ? error.code : '';
  return `${error.message}${code}${cause}`;
}
