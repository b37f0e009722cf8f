import { shortOfTrainer } from '../../operations/short-of-trainer.ts';
import { costsToAsk } from '../../ports/back-ends.ts';
import type { Ports } from '../../ports/ports.ts';
import type { RunPlan } from '../state/run-plan.ts';

/**
 * Whether a run goes by the champion's answers on record, as asking it costs something and there is too little evidence for
 * the trainer whatever it answers.
 */
export function answersOnRecord(
  { champion, model, mostEvidence }: Pick<RunPlan, 'champion' | 'model' | 'mostEvidence'>,
  ports: Pick<Ports, 'trainers' | 'predictors'>,
): boolean {
  if (mostEvidence === undefined || !costsToAsk(champion, ports)) return false;
  return shortOfTrainer(mostEvidence, model, ports) !== null;
}
