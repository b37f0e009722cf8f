import { formatCount, plural } from '../domain/base/wording.ts';
import { countByFold, type ShortOfFolds, shortOfFolds } from '../domain/evaluation/few-fold-models.ts';
import type { Model } from '../domain/models/model.ts';
import { rightOnRecord } from '../domain/traces/judging.ts';
import type { PinnedRecord } from '../domain/traces/trace-record.ts';
import { trainerNamed } from '../ports/back-ends.ts';
import { ruleJudge } from '../ports/judge.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * Whether the evidence cannot come to be enough in the parts that the model's trainer has fold models for, so that hours or
 * dollars of a training would be in vain; null where it can, and where trainings are cheap, or there are none.
 * @param evidence records by fold
 */
export function shortOfTrainer(
  evidence: readonly number[],
  { trainer: name, trainerOptions: options, settings }: Model,
  ports: Pick<Ports, 'trainers'>,
): ShortOfFolds | null {
  const trainer = trainerNamed(name, ports);
  const { cost, foldModels } = trainer;
  if (cost !== 'dear' || foldModels === 'all' || foldModels === 0) return null;
  if (trainer.first({ options, losesTooMuch: false }).length === 0) return null;
  return shortOfFolds(evidence, foldModels, settings.enoughRecords);
}

/** The most records of each fold that can be evidence whatever the champion answers and triage finds. */
export function mostEvidence(
  records: readonly Pick<PinnedRecord, 'folds' | 'use' | 'judgement' | 'recorded'>[],
  { judge }: Pick<Model, 'judge'>,
): number[] {
  // A judge of answers may tell what is right of any trace; without one, only what is on record does.
  return countByFold(
    records.filter((record) => record.use === 'evidence' && (judge !== ruleJudge || rightOnRecord(record) !== null)),
  );
}

/**
 * `12 of 60 records of evidence are in the fifth of the folds that tinker has a model for, 50 are needed: …`.
 * @param records of evidence in all
 */
export function shortOfTrainerWords(
  { reached, models, parts, more }: ShortOfFolds,
  records: number,
  { trainer, settings }: Pick<Model, 'trainer' | 'settings'>,
): string {
  const where = models === 1 ? 'the one part' : `the ${models} parts`;
  return `${formatCount(reached)} of ${plural(records, 'record')} of evidence ${reached === 1 ? 'is' : 'are'} in ${where} of ${parts} that ${trainer} trains a fold model for, ${settings.enoughRecords} are needed: about ${plural(more, 'judged trace')} more`;
}
