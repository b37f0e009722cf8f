import { calibrationError } from '../trainer/calibration-error.ts';

/** An answer of a test text with how sure it is, and whether it is right. */
export interface TestAnswer {
  readonly label: string;
  readonly confidence: number;
  readonly right: boolean;
}

export interface Metrics {
  readonly accuracy: number;
  readonly ece: number;
  /** Mean error of the labels with 20 answers or more, each alike. */
  readonly classEce: number;
  readonly brier: number;
  readonly logLoss: number;
}

const fewest = 20;
const sure = 1e-6;

/** Of what was answered: `right` is what the confidence foretells. */
export function metricsOf(answers: readonly TestAnswer[]): Metrics {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const errorOf = (own: readonly TestAnswer[]) =>
    calibrationError(
      own.map(({ confidence }) => confidence),
      own.map(({ right }) => right),
    );
  const byLabel = [...Map.groupBy(answers, ({ label }) => label).values()].filter((own) => own.length >= fewest);
  return {
    accuracy: mean(answers.map(({ right }) => Number(right))),
    ece: errorOf(answers),
    classEce: mean(byLabel.map(errorOf)),
    brier: mean(answers.map(({ confidence, right }) => (Number(right) - confidence) ** 2)),
    logLoss: mean(
      answers.map(({ confidence, right }) => {
        const kept = Math.min(1 - sure, Math.max(sure, confidence));
        return -Math.log(right ? kept : 1 - kept);
      }),
    ),
  };
}
