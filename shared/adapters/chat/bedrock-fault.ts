import { BedrockRuntimeServiceException } from '@aws-sdk/client-bedrock-runtime';
import { RatchetError } from '../../domain/base/errors.ts';
import { chatFault, saysTooLong } from './chat-fault.ts';

/** What goes by itself, whatever status it comes with. */
const passing: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'TooManyRequestsException',
  'ServiceQuotaExceededException',
  'ModelNotReadyException',
  'ModelTimeoutException',
  'ModelErrorException',
  'ServiceUnavailableException',
  'InternalServerException',
]);

/** What the client for Bedrock threw, once it had tried again what may be, under the name that it has here. */
export function bedrockFault(error: unknown): RatchetError {
  if (error instanceof RatchetError) return error;
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (error instanceof Error && error.name.startsWith('Credentials')) return chatFault('ChatRefused', said, error);
  if (!(error instanceof BedrockRuntimeServiceException)) return chatFault('ChatUnavailable', said, error);
  if (error.name === 'ValidationException' && saysTooLong(error.message)) return chatFault('ChatTooLong', said, error);
  const status = error.$metadata.httpStatusCode ?? 500;
  const comesBack = passing.has(error.name) || status >= 500 || status === 429;
  return chatFault(comesBack ? 'ChatUnavailable' : 'ChatRefused', said, error);
}
