import type { Json } from '../../domain/base/json.ts';
import { jsonSchema } from '../../domain/base/json.ts';
import { readJson, writeJson } from '../../ports/documents.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ToolEffect, ToolOutcome } from './tool.ts';

/**
 * An effect that is an object of the agent's own: whether it happened is whether the object is there.
 * @param made what is written; a fault of the name InvalidInput is told to the model
 * @param told what the model is told of what was written
 */
export function writtenEffect<A>(
  objects: ObjectStore,
  made: (given: A, turn: number) => Json | Promise<Json>,
  told: (written: Json) => ToolOutcome,
): ToolEffect<A> {
  return {
    async perform(given, key, turn) {
      const written = await made(given, turn);
      await writeJson(objects, key, written);
      return told(written);
    },
    async find(_given, key) {
      return (await objects.get(key)) === undefined ? null : told(await readJson(objects, key, jsonSchema));
    },
  };
}
