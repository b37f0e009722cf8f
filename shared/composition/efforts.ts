import { z } from 'zod';
import { embeddedOptionsSchema } from '../adapters/backends/embedded/embedded-configuration.ts';
import { embeddedBackEnd } from '../adapters/backends/embedded/facts.ts';
import { taggerBackEnd } from '../adapters/backends/tagger/facts.ts';
import type { Model } from '../domain/models/model.ts';
import type { Effort } from '../domain/policy/capacity.ts';

/**
 * What `triage-traces`, the largest step that is done in one call, takes with the back ends that train within it; figures
 * and how they were measured are in docs/scale.md.
 * @returns null for a trainer of another kind, of which nothing is known
 */
export function effortOf({
  trainer,
  trainerOptions,
  task,
}: Pick<Model, 'trainer' | 'trainerOptions' | 'task'>): Effort | null {
  if (trainer === taggerBackEnd) return taggerEffort;
  if (trainer !== embeddedBackEnd) return null;
  const withEncoder = embeddedOptionsSchema.parse(trainerOptions).foundation === 'use-lite';
  // What is trained and answered is a row for each label.
  const rows = Math.max(1, labelsOf(task) / labelsMeasured);
  const more = (share: Effort['seconds'], each: number) => ({
    ...share,
    always: share.always + each * (rows - 1),
    thousandTraces: share.thousandTraces * rows,
  });
  const { seconds, mebibytes } = withEncoder ? encoderEffort : ngramsEffort;
  return {
    seconds: more(seconds, 1.5),
    mebibytes: more(mebibytes, 35),
  };
}

const labelsMeasured = 30;
const labelledSchema = z.object({ labels: z.array(z.unknown()) });

function labelsOf(task: Model['task']): number {
  const read = labelledSchema.safeParse(task);
  return read.success ? read.data.labels.length : 0;
}

const encoderEffort: Effort = {
  seconds: { always: 6, thousandTraces: 2.4, millionCharacters: 38 },
  mebibytes: { always: 905, thousandTraces: 38, millionCharacters: 50 },
};
const ngramsEffort: Effort = {
  seconds: { always: 3, thousandTraces: 1, millionCharacters: 6 },
  mebibytes: { always: 650, thousandTraces: 34, millionCharacters: 50 },
};
/** By the fits of docs/benchmarks/tagger.md; its memory was not measured, and is taken to be the encoder's. */
const taggerEffort: Effort = {
  seconds: { always: 5, thousandTraces: 2, millionCharacters: 1_300 },
  mebibytes: { always: 900, thousandTraces: 38, millionCharacters: 50 },
};
