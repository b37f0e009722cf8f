import type { TaskKind } from '../domain/base/task-kind.ts';
import { answeredLabel, type CalibrationMap, calibrated } from '../domain/evaluation/calibration.ts';
import type { Prediction } from '../ports/predictor.ts';

/** The share of such answers that were right out of fold, to stand beside the confidence; nothing where it is not known. */
export function calibratedConfidence(
  { output, confidence }: Pick<Prediction, 'output' | 'confidence'>,
  calibration: CalibrationMap | null,
  kind: Pick<TaskKind, 'words' | 'facets'>,
): { readonly calibrated?: number } {
  if (output === null || calibration === null) return {};
  return { calibrated: calibrated(calibration, answeredLabel(output, kind), confidence) };
}
