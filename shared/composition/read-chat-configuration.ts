import { z } from 'zod';
import { type ChatConfiguration, chatConfigurationSchema } from '../domain/base/chat-configuration.ts';
import { RatchetError } from '../domain/base/errors.ts';

/** The file of a workspace that says which chat model there is. */
export const chatFile = 'chat.json';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a variable of the environment says, in place of the file's field. */
const variables = {
  RATCHET_CHAT_PROVIDER: (text) => ({ provider: text }),
  RATCHET_CHAT_URL: (text) => ({ url: text }),
  RATCHET_CHAT_MODEL: (text) => ({ model: text }),
  RATCHET_CHAT_REGION: (text) => ({ region: text }),
  RATCHET_CHAT_WINDOW: (text) => ({ window: Number(text) }),
  RATCHET_CHAT_PRICES: (text) => {
    const [input, cachedInput, output] = text.split(',').map(Number);
    return { prices: { input, cachedInput, output } };
  },
} as const satisfies Record<string, (text: string) => object>;

/**
 * Which chat model a workspace has: what its file says, each field overridden by the environment.
 * @param file the text of `chat.json`; null where there is none
 * @returns null where neither names a model
 * @throws RatchetError InvalidInput, with all that is wrong
 */
export function readChatConfiguration(env: Environment, file: string | null): ChatConfiguration | null {
  const told = Object.entries(variables).flatMap(([name, read]) => {
    const text = env[name]?.trim() ?? '';
    return text === '' ? [] : [read(text)];
  });
  if (file === null && told.length === 0) return null;
  const written = { provider: 'openai', ...(file === null ? {} : parsed(file)), ...Object.assign({}, ...told) };
  return checked(written);
}

/** As {@link readChatConfiguration}, from the text that a deployment passes on to its functions. */
export function readDeployedChat(text: string | undefined): ChatConfiguration | null {
  return text === undefined || text === '' ? null : checked(parsed(text));
}

function parsed(text: string): object {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (error) {
    throw invalid('It is no JSON object.', error);
  }
}

function checked(written: object): ChatConfiguration {
  const read = chatConfigurationSchema.safeParse(written);
  if (read.success) return read.data;
  throw invalid(`\n${z.prettifyError(read.error)}`, read.error);
}

function invalid(reason: string, cause: unknown): RatchetError {
  return new RatchetError('InvalidInput', `The chat model's configuration is wrong. ${reason}`, {
    cause,
    mend: `Correct ${chatFile} of the workspace or the variables ${Object.keys(variables).join(', ')}. A key is taken from RATCHET_CHAT_KEY alone.`,
  });
}
