import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { RatchetError } from '../../../../domain/base/errors.ts';
import { usualHub } from '../../hub-cache.ts';
import type { EncoderChoice } from './encoder.ts';
import type { HubName } from './foundation-name.ts';
import { dataOf, optionalFiles, requiredFiles, weightFiles } from './read-folder.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Told of a file that is on its way: bytes so far, of so many where the server says; 0 where it does not. */
export type OnFetch = (file: string, done: number, total: number) => void;

/**
 * Downloads what is needed of a model of the Hugging Face hub into a folder; what is there stays. Every file appears
 * whole. Of the weights it takes the variant that is chosen, else the first that the model has.
 * @throws RatchetError FoundationMissing where there is no such model, or the hub cannot be reached
 */
export async function fetchFoundation(
  hub: HubName,
  variant: EncoderChoice['variant'],
  directory: string,
  { env, onFetch }: { readonly env: Environment; readonly onFetch?: OnFetch },
): Promise<void> {
  const get = (file: string) => fetchFile(hub, file, directory, env, onFetch);
  for (const file of requiredFiles) {
    if (!(await get(file))) throw unreachable(hub, `it has no ${file}, or is not there`);
  }
  for (const file of optionalFiles) await get(file);
  const names = variant === undefined ? Object.values(weightFiles) : [weightFiles[variant]];
  for (const file of names) {
    // Last what tells that the model is whole.
    await get(dataOf(file));
    if (await get(file)) return;
  }
  throw unreachable(hub, `it has no weights as ONNX (${names.slice(0, 2).join(', ')})`);
}

/** @returns false where the model has no such file */
async function fetchFile(
  hub: HubName,
  file: string,
  directory: string,
  env: Environment,
  onFetch: OnFetch | undefined,
): Promise<boolean> {
  const path = join(directory, file);
  if ((await stat(path).catch(() => undefined)) !== undefined) return true;
  const url = `${env.HF_ENDPOINT ?? usualHub}/${hub.name}/resolve/${encodeURIComponent(hub.revision)}/${file}`;
  const token = env.HF_TOKEN;
  const response = await fetch(url, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }).catch(
    (cause: unknown) => {
      throw unreachable(hub, 'the hub cannot be reached', cause);
    },
  );
  if (response.status === 404) return false;
  if (!response.ok || response.body === null) throw unreachable(hub, `the hub answers ${response.status} for ${file}`);
  const total = Number(response.headers.get('content-length') ?? 0);
  let done = 0;
  const count = new Transform({
    transform(chunk: Uint8Array, _encoding, next) {
      done += chunk.length;
      onFetch?.(file, done, total);
      next(null, chunk);
    },
  });
  const unfinished = `${path}.${randomUUID()}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await pipeline(Readable.fromWeb(response.body as ReadableStream<Uint8Array>), count, createWriteStream(unfinished));
    if (total > 0 && done !== total) throw new Error(`${done} of ${total} bytes came`);
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { force: true });
    throw unreachable(hub, `${file} did not come whole`, cause);
  }
  return true;
}

function unreachable({ name, revision }: HubName, why: string, cause?: unknown): RatchetError {
  return new RatchetError('FoundationMissing', `The foundation ${name}@${revision} cannot be had: ${why}.`, {
    cause,
    mend: 'Give the command again where the hub can be reached (HF_ENDPOINT names another, HF_TOKEN lets in). Or name a folder that holds the model: --foundation DIR',
  });
}
