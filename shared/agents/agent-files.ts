import { readJson, writeJson } from '../ports/documents.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { type AgentState, agentStateSchema, type Turn } from './agent-state.ts';

/** Where an agent's files lie, all below its folder. */
export const agentFiles = {
  state: (folder: string): string => `${folder}/state.json`,
  /** What it was given to do. */
  given: (folder: string): string => `${folder}/work.json`,
  /** How it came out. */
  outcome: (folder: string): string => `${folder}/outcome.json`,
  turn: (folder: string, turn: number): string => `${folder}/turns/${String(turn).padStart(4, '0')}.json`,
  /** That an effect was begun. */
  claim: (folder: string, turn: number, call: number): string => `${folder}/claims/${turn}-${call}.json`,
  /** What an effect wrote. */
  effect: (folder: string, turn: number, call: number): string => `${folder}/effects/${turn}-${call}.json`,
  /** What long work of a call has done. */
  work: (folder: string, turn: number, call: number): string => `${folder}/work/${turn}-${call}`,
  /** A result that was too long to be shown. */
  result: (folder: string, id: string): string => `${folder}/results/${id}.json`,
} as const;

/** The agent as it was left; null where it has not begun. @throws RatchetError CorruptArtifact, StorageFailure */
export async function readState(objects: ObjectStore, folder: string): Promise<AgentState | null> {
  const key = agentFiles.state(folder);
  if ((await objects.get(key)) === undefined) return null;
  return readJson(objects, key, agentStateSchema);
}

export function writeState(objects: ObjectStore, folder: string, state: AgentState): Promise<void> {
  return writeJson(objects, agentFiles.state(folder), state);
}

/** Writes down a turn that is over, for people and for whoever reads it back. Writing it again changes nothing. */
export function writeTurn(objects: ObjectStore, folder: string, turn: Turn): Promise<void> {
  return writeJson(objects, agentFiles.turn(folder, turn.turn), turn);
}
