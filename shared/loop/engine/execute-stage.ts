import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { canonicalJson, digest } from '../../domain/base/ids.ts';
import { readJson } from '../../ports/documents.ts';
import type { Ports } from '../../ports/ports.ts';
import type { StageHead } from '../state/stage-head.ts';
import { keepLease } from './keep-lease.ts';
import { type Stage, type StageContext, stageKey } from './stage.ts';

const completionSchema = z.strictObject({ inputDigest: z.string(), output: z.unknown() });

export interface StageOutcome<O> {
  readonly output: O;
  /** True when an earlier execution had completed it with the same input. */
  readonly passedOver: boolean;
}

/**
 * Runs a stage once: an input that was completed before is passed over and its recorded output returned. The lease is
 * checked before, and renewed while the stage works. The completion record is written last, so a killed stage is run
 * again and writes the same objects.
 */
export async function executeStage<I extends StageHead, O>(
  stage: Stage<I, O>,
  rawInput: unknown,
  ports: Ports,
  execute: StageContext['execute'] = noOtherStage,
): Promise<StageOutcome<O>> {
  const parsed = stage.input.safeParse(rawInput);
  if (!parsed.success) {
    throw new RatchetError(
      'InvalidInput',
      `The input of stage ${stage.name} is not what it takes: ${z.prettifyError(parsed.error)}`,
    );
  }
  const input = parsed.data;
  const recordKey = stageKey(stage.name, input, 'completed.json');
  const inputDigest = inputDigestOf(input);

  return keepLease(input, ports, async () => {
    const recorded = await readCompletion(recordKey, ports);
    const known = recorded?.inputDigest === inputDigest ? stage.output.safeParse(recorded.output) : undefined;
    if (known?.success === true) {
      await stage.afterwards?.(input, known.data, ports);
      return { output: known.data, passedOver: true };
    }
    const output = stage.output.parse(
      await stage.run(input, { ports, key: (file) => stageKey(stage.name, input, file), execute }),
    );
    await ports.objects.put(recordKey, new TextEncoder().encode(JSON.stringify({ inputDigest, output })));
    await stage.afterwards?.(input, output, ports);
    return { output, passedOver: false };
  });
}

/** Where nobody says which other stages there are. */
export async function noOtherStage(stage: string): Promise<never> {
  throw new Error(`stage ${stage} is not within reach`);
}

/** Digest of all that determines the stage's output: who does the work (the lease) does not. */
function inputDigestOf(input: StageHead): string {
  return digest(canonicalJson({ ...input, lease: null }));
}

/** The completion record; a damaged one counts as absent, since the stage then writes the same objects again. */
async function readCompletion(key: string, ports: Ports): Promise<z.infer<typeof completionSchema> | undefined> {
  try {
    return await readJson(ports.objects, key, completionSchema);
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error;
    if (error.name === 'ObjectMissing') return undefined;
    if (error.name !== 'CorruptArtifact') throw error;
    ports.observer.note(`A completion record cannot be read, so its step is done again. ${error.message}`);
    return undefined;
  }
}
