import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { canonicalJson, digest } from '../../domain/base/ids.ts';
import { readControl } from '../../operations/control-item.ts';
import { readJson } from '../../ports/documents.ts';
import type { Working } from '../../ports/long-work.ts';
import type { Ports } from '../../ports/ports.ts';
import type { StageHead } from '../state/stage-head.ts';
import { largestHandle, longestWaitSeconds, type Work } from '../state/work.ts';
import { keepLease } from './keep-lease.ts';
import { type AnyStage, completedFile, type StageContext, stageKey, Unfinished } from './stage.ts';
import { damagedFiles, writtenFilesOf } from './written-files.ts';

const completionSchema = z.strictObject({
  inputDigest: z.string(),
  output: z.unknown(),
  /** SHA-256 of the output as canonical JSON; absent in records of earlier versions. */
  outputDigest: z.string().optional(),
  /** Digests of the files that the stage wrote, by name; absent in records of earlier versions. */
  files: z.record(z.string(), z.string()).optional(),
  /** When, by the clock of whoever worked, for people; absent in records of earlier versions. */
  finishedAt: z.string().optional(),
});

export type StageOutcome<O> =
  /** `passedOver`: an earlier execution had completed it with the same input. */
  | { readonly status: 'done'; readonly output: O; readonly passedOver: boolean }
  | { readonly status: 'working'; readonly work: Working };

/** What a stage gets from whoever runs it: how far it reaches, and until when. */
export type StageReach = Pick<StageContext, 'execute' | 'deadline'>;

/** For a stage that is run by itself: no other stage, and all the time it takes. */
const alone: StageReach = {
  deadline: Number.POSITIVE_INFINITY,
  execute: async (stage) => {
    throw new Error(`stage ${stage} is not within reach`);
  },
};

/**
 * Runs a stage once: an input that was completed before is passed over and its recorded output returned. The lease is
 * checked before, and renewed while the stage works. The completion record is written last, so a killed stage is run
 * again and writes the same objects. A long stage may be called many times before it is done.
 * @throws RatchetError LeaseLost, unless the stage is the one that finished the run and gave the lease back
 */
export async function executeStage<I extends StageHead, O>(
  stage: AnyStage<I, O>,
  rawInput: unknown,
  given: Ports,
  reach: StageReach = alone,
): Promise<StageOutcome<O>> {
  const parsed = stage.input.safeParse(rawInput);
  if (!parsed.success) {
    throw new RatchetError(
      'InvalidInput',
      `The input of stage ${stage.name} is not what it takes: ${z.prettifyError(parsed.error)}`,
    );
  }
  const input = parsed.data;
  const objects = writtenFilesOf(given.objects);
  const ports = { ...given, objects };
  const folder = stageKey(stage.name, input, '');
  const recordKey = `${folder}${completedFile}`;
  const inputDigest = inputDigestOf(input);

  const completed = async (): Promise<{ readonly output: O } | null> => {
    const recorded = await readCompletion(folder, ports);
    const known = recorded?.inputDigest === inputDigest ? stage.output.safeParse(recorded.output) : undefined;
    return known?.success === true ? { output: known.data } : null;
  };
  const work = async (): Promise<StageOutcome<O>> => {
    const known = await completed();
    if (known !== null) {
      await stage.afterwards?.(input, known.output, ports);
      return { status: 'done', output: known.output, passedOver: true };
    }
    const result = await stage.run(input, {
      ports,
      ...reach,
      handle: handleFor(stage, input),
      key: (file) => stageKey(stage.name, input, file),
    });
    if (result instanceof Unfinished) return { status: 'working', work: unfinished(stage, result.work) };
    const output = stage.output.parse(result);
    const files = objects.take(folder);
    const finishedAt = new Date(ports.clock.now()).toISOString();
    await given.objects.put(
      recordKey,
      new TextEncoder().encode(
        JSON.stringify({ inputDigest, output, outputDigest: outputDigestOf(output), finishedAt, files }),
      ),
    );
    await stage.afterwards?.(input, output, ports);
    return { status: 'done', output, passedOver: false };
  };

  try {
    return await keepLease(input, ports, work);
  } catch (error) {
    // The stage that finishes a run gives its lease back. Called again, because its answer was lost, it has none.
    if (!(error instanceof RatchetError && error.name === 'LeaseLost')) throw error;
    if (!(await gaveItsLeaseBack(input, ports))) throw error;
    const known = await completed();
    if (known === null) throw error;
    return { status: 'done', output: known.output, passedOver: true };
  }
}

/** Whether this very owner finished the run, and nobody has had the lease since. */
async function gaveItsLeaseBack({ run, lease }: StageHead, ports: Ports): Promise<boolean> {
  const control = await readControl(run.modelId, ports);
  if (control.lease !== null || control.fencingToken !== lease.fencingToken) return false;
  return (await ports.lineage.getRun(run.runId))?.status === 'finished';
}

/** What the Task state of a long stage gives. */
export function workOf<O>(
  stage: { readonly name: string },
  { item }: Pick<StageHead, 'item'>,
  outcome: StageOutcome<O>,
): Work {
  const head = { stage: stage.name, item };
  if (outcome.status === 'done') {
    return { ...head, status: 'done', waitSeconds: 0, progress: null, handle: null, result: outcome.output };
  }
  const { handle, waitSeconds, done, total } = outcome.work;
  return { ...head, status: 'working', waitSeconds, progress: { done, total }, handle, result: null };
}

/** The handle that this very stage left behind; another's says nothing to it. */
function handleFor(stage: { readonly name: string }, { item, work }: StageHead): Work['handle'] {
  return work?.status === 'working' && work.stage === stage.name && work.item === item ? work.handle : null;
}

function unfinished(stage: { readonly name: string; readonly long?: true | undefined }, work: Working): Working {
  if (stage.long !== true) throw new Error(`stage ${stage.name} is not made to go on later`);
  const bytes = Buffer.byteLength(JSON.stringify(work.handle));
  if (bytes > largestHandle) {
    throw new Error(`stage ${stage.name}: a handle of ${bytes} bytes does not fit into the state`);
  }
  return { ...work, waitSeconds: Math.min(longestWaitSeconds, Math.max(0, Math.ceil(work.waitSeconds))) };
}

/** Digest of all that determines the stage's output: who does the work (the lease), and how far it is, do not. */
function inputDigestOf({ work: _, ...input }: StageHead): string {
  return digest(canonicalJson({ ...input, lease: null }));
}

function outputDigestOf(output: unknown): string {
  return digest(canonicalJson(output ?? null));
}

/**
 * The completion record of a stage whose files are as it wrote them; a damaged one counts as absent, as does one of
 * damaged files, since the stage then writes the same objects again.
 */
async function readCompletion(folder: string, ports: Ports): Promise<z.infer<typeof completionSchema> | undefined> {
  const key = `${folder}${completedFile}`;
  try {
    const record = await readJson(ports.objects, key, completionSchema);
    if (record.outputDigest !== undefined && record.outputDigest !== outputDigestOf(record.output)) {
      throw new RatchetError('CorruptArtifact', `${key}: another output than was written.`);
    }
    const [damaged] = await damagedFiles(folder, record.files ?? {}, ports.objects);
    if (damaged === undefined) return record;
    ports.observer.note(`${damaged} is not what was written, so its step is done again.`);
    return undefined;
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error;
    if (error.name === 'ObjectMissing') return undefined;
    if (error.name !== 'CorruptArtifact') throw error;
    ports.observer.note(`A completion record cannot be read, so its step is done again. ${error.message}`);
    return undefined;
  }
}
