import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { RatchetError } from '../../domain/base/errors.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { isKeyPart, keyParts, prefixParts } from '../local/object-key.ts';
import { errorCode, storageFailure } from '../local/storage-failure.ts';
import { withTemporaryFolder } from '../local/temporary-folder.ts';
import { awsErrorName, awsFailure } from './aws-failure.ts';

const partBytes = 16 * 1024 * 1024;
const conflictAttempts = 6;
const resumptions = 5;
/** Metadata that tells the object of one conditional write from that of another. */
const writeMark = 'ratchet-write';

/**
 * An {@link ObjectStore} on one S3 bucket. Bodies above 16 MiB go up in parts; objects appear whole either way. A
 * download that breaks off goes on where it stopped, and begins anew where the object was replaced meanwhile.
 * Encryption, versions and lifetime are the bucket's own.
 *
 * Needs `s3:GetObject`, `s3:PutObject`, `s3:DeleteObject`, `s3:AbortMultipartUpload` on the objects and `s3:ListBucket`
 * on the bucket, without which S3 refuses to tell that an object is missing.
 *
 * Faults: `InvalidInput` for a bad key, `ObjectMissing` from {@link withLocalFile} and {@link open}, `AccessDenied` and
 * `StorageFailure` with bucket, permission and mend.
 */
export class S3ObjectStore implements ObjectStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor({ client, bucket }: { readonly client: S3Client; readonly bucket: string }) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    keyParts(key);
    for (let begun = 1; ; begun += 1) {
      const found = await this.#find(key);
      if (found === undefined) return undefined;
      try {
        const chunks: Uint8Array[] = [];
        for await (const chunk of this.#chunks(key, found)) chunks.push(chunk);
        const whole = Buffer.concat(chunks);
        return new Uint8Array(whole.buffer, whole.byteOffset, whole.byteLength);
      } catch (error) {
        if (!wasReplaced(error) || begun === resumptions) throw error;
      }
    }
  }

  async put(key: string, body: Uint8Array): Promise<void> {
    keyParts(key);
    const params = { Bucket: this.#bucket, Key: key, Body: body };
    await this.#guard('write', key, 's3:PutObject', async () => {
      if (body.byteLength <= partBytes) await this.#client.send(new PutObjectCommand(params));
      else await new Upload({ client: this.#client, params, partSize: partBytes }).done();
    });
  }

  async putIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    keyParts(key);
    const mark = randomUUID();
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      Body: body,
      IfNoneMatch: '*',
      Metadata: { [writeMark]: mark },
    });
    return this.#guard('write', key, 's3:PutObject', async () => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          await this.#client.send(command);
          return true;
        } catch (error) {
          // The SDK sends a request again when its answer was lost: the object in the way may be the one it wrote
          // itself.
          if (awsErrorName(error) === 'PreconditionFailed') return await this.#isMarked(key, mark);
          if (awsErrorName(error) !== 'ConditionalRequestConflict' || attempt === conflictAttempts) throw error;
          await pause(50 * 2 ** attempt);
        }
      }
    });
  }

  async list(prefix: string): Promise<readonly string[]> {
    prefixParts(prefix);
    const keys: string[] = [];
    await this.#guard('list', `${prefix}*`, 's3:ListBucket', async () => {
      const pages = paginateListObjectsV2({ client: this.#client }, { Bucket: this.#bucket, Prefix: prefix });
      for await (const page of pages) {
        for (const { Key } of page.Contents ?? []) {
          // What people put there by hand may have names that are no keys.
          if (Key?.split('/').every(isKeyPart)) keys.push(Key);
        }
      }
    });
    return keys.sort();
  }

  async delete(key: string): Promise<void> {
    keyParts(key);
    await this.#guard('delete', key, 's3:DeleteObject', () =>
      this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key })),
    );
  }

  async withLocalFile<T>(key: string, use: (path: string) => Promise<T>): Promise<T> {
    keyParts(key);
    const chunks = await this.open(key);
    return withTemporaryFolder(async (folder) => {
      const path = join(folder, 'object');
      await pipeline(chunks, createWriteStream(path)).catch((error: unknown) => {
        throw errorCode(error) === 'ENOSPC' ? outOfSpace(path, error) : storageFailure('write', path, error);
      });
      return use(path);
    });
  }

  /**
   * The object's bytes in pieces, in memory that does not grow with its size.
   * @param key any that S3 allows: others name what they drop
   * @throws RatchetError `ObjectMissing`
   */
  async open(key: string): Promise<AsyncIterable<Uint8Array>> {
    const found = await this.#find(key);
    if (found === undefined) {
      throw new RatchetError('ObjectMissing', `There is no object ${key} in bucket ${this.#bucket}.`);
    }
    return this.#chunks(key, found);
  }

  async #find(key: string): Promise<GetObjectCommandOutput | undefined> {
    return this.#read(key).catch((error: unknown) => {
      if (awsErrorName(error) === 'NoSuchKey') return undefined;
      throw this.#failure('read', key, 's3:GetObject and s3:ListBucket', error);
    });
  }

  #read(key: string, options: Partial<GetObjectCommandInput> = {}): Promise<GetObjectCommandOutput> {
    return this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key, ...options }));
  }

  async *#chunks(key: string, first: GetObjectCommandOutput): AsyncGenerator<Uint8Array, void> {
    const size = first.ContentLength ?? 0;
    let { Body: body } = first;
    let read = 0;
    for (let resumed = 0; ; resumed += 1) {
      try {
        if (!(body instanceof Readable)) throw new Error('S3 answered without a body.');
        for await (const chunk of body) {
          read += chunk.length;
          yield chunk;
        }
        return;
      } catch (error) {
        if (read >= size || resumed === resumptions) throw this.#failure('read', key, 's3:GetObject', error);
        const rest = { Range: `bytes=${read}-`, ...(first.ETag !== undefined && { IfMatch: first.ETag }) };
        ({ Body: body } = await this.#guard('read', key, 's3:GetObject', () => this.#read(key, rest)));
      }
    }
  }

  async #isMarked(key: string, mark: string): Promise<boolean> {
    const command = new HeadObjectCommand({ Bucket: this.#bucket, Key: key });
    return this.#client.send(command).then(
      ({ Metadata }) => Metadata?.[writeMark] === mark,
      (error: unknown) => {
        if (awsErrorName(error) === 'NotFound') return false;
        throw error;
      },
    );
  }

  async #guard<T>(action: string, key: string, permission: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#failure(action, key, permission, error);
    }
  }

  #failure(action: string, key: string, permission: string, cause: unknown): RatchetError {
    return awsFailure({ action: `${action} ${key} in`, resource: `bucket ${this.#bucket}`, permission }, cause);
  }
}

/** Whether a download could not go on, as the object is another by now. */
function wasReplaced(error: unknown): boolean {
  return error instanceof RatchetError && awsErrorName(error.cause) === 'PreconditionFailed';
}

function outOfSpace(path: string, cause: unknown): RatchetError {
  return new RatchetError('StorageFailure', `There is no space left for a copy of an object at ${path}.`, {
    cause,
    mend: 'Give the function more ephemeral storage, or free some disk space.',
  });
}
