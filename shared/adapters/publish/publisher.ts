import { randomUUID } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { RatchetError } from '../../domain/base/errors.ts';
import type { Deployer, Deployment } from '../../ports/deployer.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How long a hook may take to answer, milliseconds. */
const longestAnswer = 30_000;

/**
 * Deploys by publishing: the reference of the new champion is written where whoever serves it looks, as one JSON object
 * and as a whole: to a file, to a key of S3, or by PUT to a hook, whose key is RATCHET_PUBLISH_KEY.
 */
export function createPublisher({ env }: { readonly env: Environment }): Deployer {
  return {
    problem: (target) => {
      if (isHook(target) || s3Of(target) !== null) return null;
      return isAbsolute(target)
        ? fileProblem(target)
        : 'write the full path of a file, s3://BUCKET/KEY, a URL that takes PUT, or sagemaker://ENDPOINT';
    },
    async deploy(target, deployment) {
      const text = `${JSON.stringify({ version: 1, ...deployment })}\n`;
      try {
        const key = s3Of(target);
        if (isHook(target)) await toHook(target, text, deployment, env);
        else if (key !== null) await toS3(key, text);
        else await toFile(target, text);
      } catch (error) {
        throw new RatchetError('DeployFailed', error instanceof Error ? error.message : String(error), {
          cause: error,
        });
      }
    },
  };
}

function isHook(target: string): boolean {
  const url = /^https?:/.test(target) ? URL.parse(target) : null;
  return url !== null && url.username === '' && url.password === '';
}

function s3Of(target: string): { readonly bucket: string; readonly key: string } | null {
  const [, bucket, key] = /^s3:\/\/([a-z0-9.-]{3,63})\/(.+)$/.exec(target) ?? [];
  return bucket === undefined || key === undefined ? null : { bucket, key };
}

/** Why a file cannot be written, with what to do; null when it can as far as one sees. */
function fileProblem(path: string): string | null {
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return `name a file in a folder that is there, or make it first: mkdir -p ${JSON.stringify(folder)}`;
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    return 'name a file: this is a folder';
  }
  try {
    accessSync(folder, constants.W_OK);
    return null;
  } catch {
    return `name a file in a folder that can be written to: ${folder} cannot`;
  }
}

/** Whoever reads the file sees the one before or this one, never half of it. */
async function toFile(path: string, text: string): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    await writeFile(beside, text, { flag: 'wx' });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

async function toS3({ bucket, key }: { readonly bucket: string; readonly key: string }, text: string): Promise<void> {
  const { PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client({ forcePathStyle: (process.env.AWS_ENDPOINT_URL ?? '') !== '' });
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'application/json' }));
}

async function toHook(url: string, text: string, { modelId, move }: Deployment, env: Environment): Promise<void> {
  const key = (env.RATCHET_PUBLISH_KEY ?? '').trim();
  const response = await fetch(url, {
    method: 'PUT',
    body: text,
    redirect: 'error',
    signal: AbortSignal.timeout(longestAnswer),
    headers: {
      'content-type': 'application/json',
      'idempotency-key': `${modelId}/${move}`,
      ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
    },
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the hook answers with ${response.status}`);
}
