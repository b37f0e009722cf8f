import { z } from 'zod';
import { createChatModel } from '../../shared/composition/create-chat-model.ts';
import { readDeployedChat } from '../../shared/composition/read-chat-configuration.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { ChatModel } from '../../shared/ports/chat-model.ts';
import type { Clock } from '../../shared/ports/clock.ts';

const secretSchema = z.object({ SecretString: z.string().min(1) });

/**
 * The chat model that the deployment gives its functions; null where it gives none.
 * @throws RatchetError InvalidInput
 */
export function chatOfDeployment(clock: Clock, env: NodeJS.ProcessEnv = process.env): ChatModel | null {
  const configuration = readDeployedChat(env.RATCHET_CHAT);
  if (configuration === null) return null;
  return createChatModel(configuration, { clock, key: () => readKey(env) });
}

/** The text of the secret, by AWS's extension for secrets, which listens beside the function and keeps what it has read. */
async function readKey(env: NodeJS.ProcessEnv): Promise<string | null> {
  const arn = env.RATCHET_CHAT_SECRET_ARN;
  if (arn === undefined) return null;
  try {
    const port = env.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT ?? '2773';
    const response = await fetch(`http://localhost:${port}/secretsmanager/get?secretId=${encodeURIComponent(arn)}`, {
      headers: { 'X-Aws-Parameters-Secrets-Token': env.AWS_SESSION_TOKEN ?? '' },
    });
    if (!response.ok) throw new Error(`${response.status} ${(await response.text()).slice(0, 200)}`);
    return secretSchema.parse(await response.json()).SecretString;
  } catch (error) {
    throw new RatchetError('ChatRefused', `The chat model's key cannot be read from the secret ${arn}.`, {
      cause: error,
      mend: 'See that the secret is there, that its text is the key, and that its encryption key lets the function decrypt.',
    });
  }
}
