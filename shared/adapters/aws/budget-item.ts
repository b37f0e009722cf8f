import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { idProblem, shortDigest } from '../../domain/base/ids.ts';
import type { Budget, Spending } from '../../ports/budgets.ts';
import { checkVersion, type Item, type ItemKey, itemKeys, schemaVersion } from './dynamodb-items.ts';

const amount = z.number();
const spendingSchema = z.object({ turns: amount, outputTokens: amount, microUsd: amount });

/** Of each call by the digest of its key what is set aside: turns, output tokens, micro-dollars; empty once settled. */
const callsSchema = z.record(z.string(), z.array(amount));

const storedSchema = z.object({
  limit: spendingSchema,
  leftTurns: amount,
  leftOutputTokens: amount,
  leftMicroUsd: amount,
  spentTurns: amount,
  spentOutputTokens: amount,
  spentMicroUsd: amount,
  calls: callsSchema,
});
export type StoredBudget = z.infer<typeof storedSchema>;

/** @throws RatchetError InvalidInput for what is no id */
export function budgetKey(runId: string): ItemKey {
  if (idProblem(runId) === null) return itemKeys.budget(runId);
  throw new RatchetError('InvalidInput', `${JSON.stringify(runId.slice(0, 100))} is no id of a run.`);
}

/** A budget of which nothing is used. Amounts are attributes, so that one conditional write takes from all of them. */
export function budgetItem(runId: string, limit: Spending): Item {
  return {
    ...budgetKey(runId),
    schemaVersion,
    limit: { turns: limit.turns, outputTokens: limit.outputTokens, microUsd: limit.microUsd },
    leftTurns: limit.turns,
    leftOutputTokens: limit.outputTokens,
    leftMicroUsd: limit.microUsd,
    spentTurns: 0,
    spentOutputTokens: 0,
    spentMicroUsd: 0,
    calls: {},
  };
}

/** What a call is called in the item: 1,500 of them take 40 KB. */
export function callName(key: string): string {
  return shortDigest(key).slice(0, 12);
}

/** What is set aside for a call; undefined where nothing is any more, or never was. */
export function reservedIn({ calls }: StoredBudget, key: string): Spending | undefined {
  const [turns, outputTokens, microUsd] = calls[callName(key)] ?? [];
  if (turns === undefined || outputTokens === undefined || microUsd === undefined) return undefined;
  return { turns, outputTokens, microUsd };
}

/** @param where table it was read from @throws RatchetError CorruptArtifact */
export function storedBudget(item: Readonly<Record<string, unknown>>, where: string): StoredBudget {
  checkVersion(item, where);
  const parsed = storedSchema.safeParse(item);
  if (parsed.success) return parsed.data;
  throw new RatchetError('CorruptArtifact', `${where} holds a budget that cannot be read.`);
}

export function budgetOf(stored: StoredBudget): Budget {
  const { limit } = stored;
  const spent = {
    turns: stored.spentTurns,
    outputTokens: stored.spentOutputTokens,
    microUsd: stored.spentMicroUsd,
  };
  const reserved = {
    turns: limit.turns - stored.leftTurns - spent.turns,
    outputTokens: limit.outputTokens - stored.leftOutputTokens - spent.outputTokens,
    microUsd: limit.microUsd - stored.leftMicroUsd - spent.microUsd,
  };
  return { limit, spent, reserved };
}
