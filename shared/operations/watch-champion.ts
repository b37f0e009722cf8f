import { z } from 'zod';
import { RatchetError } from '../domain/base/errors.ts';
import { idSchema } from '../domain/base/ids.ts';
import { isWorthALook, type WatchCount, watchWords } from '../domain/evaluation/watch.ts';
import { watchOf } from '../domain/models/control.ts';
import type { Ports } from '../ports/ports.ts';
import { unknownModel } from '../ports/unknown-model.ts';
import { updateControl } from './control-item.ts';
import { modelStatus } from './model-status.ts';
import { rollbackChampion } from './rollback-champion.ts';
import { movedAt } from './seen.ts';

/** What came of looking at a new champion. */
export interface Watched {
  readonly modelId: string;
  /**
   * off: nothing is watched; open: not enough is judged to tell; picked: what is judged does not tell; held: it was watched
   * long enough; busy: it is worse, and a run is under way, so that it is not moved now; moved-back: it was.
   */
  readonly outcome: 'off' | 'open' | 'picked' | 'held' | 'busy' | 'moved-back';
  /** The champion that was looked at, and what it would be moved back to; null where nothing is watched. */
  readonly champion: string | null;
  readonly predecessor: string | null;
  readonly count: WatchCount | null;
  /** In a sentence. */
  readonly reason: string;
}

/**
 * Looks at the champion that was promoted last, and moves it back to its predecessor where it is proven worse: the move
 * has the evidence, and what it was moved back from stays out, as after a rollback by a person. It may be looked at as
 * often as one likes. After enough judged traces without proof it is watched no longer, which is entered too.
 * @throws RatchetError UnknownModel, UnknownCheckpoint, and what answering throws
 */
export async function watchChampion(modelId: string, ports: Ports): Promise<Watched> {
  const [model, control] = await Promise.all([ports.lineage.getModel(modelId), ports.lineage.getControl(modelId)]);
  if (model === undefined || control === undefined) throw await unknownModel(modelId, ports);
  const watch = watchOf(control, model.settings);
  if (watch === null) {
    const reason = `The champion of ${modelId} is not watched.`;
    return { modelId, outcome: 'off', champion: null, predecessor: null, count: null, reason };
  }
  const { watched } = await modelStatus(modelId, ports, { compare: watch.held === null });
  const champion = watch.move.to;
  const { predecessor } = watch;
  const told = (outcome: Watched['outcome'], reason: string): Watched => ({
    ...{ modelId, outcome, champion, predecessor },
    ...{ count: watched?.count ?? null, reason },
  });
  if (watched === null) return told('open', `The champion of ${modelId} was not compared.`);
  const { count, finding } = watched;
  const words = `${count.test}: ${watchWords(count)}`;
  if (finding === 'worse') {
    const request = { modelId, to: predecessor, from: champion, by: 'ratchet', reason: words, evidence: count };
    const moved = await rollbackChampion(request, ports).catch((error: unknown) => {
      if (error instanceof RatchetError && error.name === 'LeaseHeld') return null;
      throw error;
    });
    if (moved === null) return told('busy', `${words}; it is moved back once no run of ${modelId} is under way`);
    return told(moved.moved ? 'moved-back' : 'open', words);
  }
  if (finding === 'held' && watch.held === null) await enterHeld(modelId, champion, count, ports);
  return told(finding, words);
}

/** The promotion has been watched to its end. */
async function enterHeld(modelId: string, champion: string, evidence: WatchCount, ports: Ports): Promise<void> {
  const at = new Date(ports.clock.now()).toISOString();
  await updateControl(modelId, ports, (control) => {
    const last = control.moves.at(-1);
    if (last?.kind !== 'promote' || last.to !== champion || last.watch?.held !== undefined) return null;
    const watch = { share: last.watch?.share ?? null, held: { at, evidence } };
    return { ...control, version: control.version + 1, moves: [...control.moves.slice(0, -1), { ...last, watch }] };
  });
}

const lookInputSchema = z.strictObject({
  modelId: idSchema,
  trigger: z.enum(['traces-ingested', 'run-finished']),
});

/**
 * As {@link watchChampion}, where something is new: after a run, which may have kept it from moving, or after a batch with
 * which enough more is judged. Asked again about the same batch it looks again, which harms nothing.
 * @returns null where there was no reason to look
 * @throws RatchetError as {@link watchChampion}
 */
export async function watchWhenWorthIt(rawInput: unknown, ports: Ports): Promise<Watched | null> {
  const { modelId, trigger } = lookInputSchema.parse(rawInput);
  const [model, control] = await Promise.all([ports.lineage.getModel(modelId), ports.lineage.getControl(modelId)]);
  if (model === undefined || control === undefined) throw await unknownModel(modelId, ports);
  const watch = watchOf(control, model.settings);
  if (watch === null || watch.held !== null) return null;
  if (trigger === 'traces-ingested') {
    const [history, runs] = await Promise.all([ports.traceLog.history(modelId), ports.lineage.listRuns(modelId)]);
    const since = movedAt(watch.move, runs, history);
    const judged = history.filter(({ position }) => position > since).map(({ judgements }) => judgements);
    const now = judged.reduce((sum, count) => sum + count, 0);
    if (!isWorthALook(now - (judged.at(-1) ?? 0), now)) return null;
  }
  return watchChampion(modelId, ports);
}
