import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorkspace } from '../../cli/workspace.ts';
import { learnsAgain } from '../../shared/domain/triage/learns-again.ts';
import type { OutOfFoldPasses } from '../../shared/domain/triage/triage-records.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import { classification } from '../../shared/tasks/classification/classification.ts';
import type { Prepared } from '../adaptft/arms/prepared.ts';
import { answerOf } from '../adaptft/logs/trace-line.ts';
import { askOutOfFold, train } from './ask-out-of-fold.ts';
import { type JudgedLog, judgedLog } from './lineage.ts';

/** All judged logs up to a stage, and what two passes of models say of them that never saw them. */
export interface Lineage {
  readonly stage: number;
  readonly labels: readonly string[];
  readonly logs: readonly JudgedLog[];
  readonly outOfFold: OutOfFoldPasses;
}

/**
 * Takes a served model through the stages. It is trained anew after each, on what the second pass learns from, so that
 * what it answers does not depend on what the posterior finds.
 * @param cache directory of embeddings
 */
export async function* collect(prepared: Prepared, cache: string): AsyncGenerator<Lineage> {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-triage-suspects-'));
  await symlink(cache, join(directory, 'cache'));
  const observer = { progress: () => undefined, note: () => undefined };
  const { ports, close } = await openWorkspace(directory, { observer, create: true });
  try {
    let served = await train([], { ...prepared, name: 'served-0' }, ports);
    const met: JudgedLog[] = [];
    for (const [stage, logs] of prepared.stages.entries()) {
      const inputs = logs.map(({ input }) => input);
      const answers = await answerWith(served, inputs, ports, { alternatives: 1 });
      met.push(...logs.flatMap((log, at) => judgedLog(log, answerOf(answers[at])) ?? []));
      const records = met.map(({ record }) => record);
      const outOfFold = await askOutOfFold(records, { ...prepared, name: `stage-${stage}` }, ports);
      yield { stage, labels: prepared.draw.labels, logs: [...met], outOfFold };
      const kept = records.filter((record) => learnsAgain(record, outOfFold.first.get(record.traceId), classification));
      served = await train(kept, { ...prepared, name: `served-${stage + 1}` }, ports);
    }
  } finally {
    await close();
    await rm(directory, { recursive: true, force: true });
  }
}
