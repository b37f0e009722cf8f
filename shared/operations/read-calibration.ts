import {
  type Calibration,
  type CalibrationMap,
  calibrationFile,
  calibrationSchema,
} from '../domain/evaluation/calibration.ts';
import type { Run } from '../domain/models/run.ts';
import { readJson } from '../ports/documents.ts';
import type { Ports } from '../ports/ports.ts';

type CalibrationPorts = Pick<Ports, 'lineage' | 'objects'>;

/** So many runs, the newest ones, are looked at. */
const mostRuns = 50;

/** What the newest run found that ended with a checkpoint as champion; null where none has. */
export async function readCalibration(
  modelId: string,
  checkpointId: string,
  ports: CalibrationPorts,
): Promise<Calibration | null> {
  for (const run of await runsWithReport(modelId, ports)) {
    if (run.resultId !== checkpointId) continue;
    const found = await calibrationBeside(run, ports);
    if (found !== null) return found;
  }
  return null;
}

/** The map alone, see {@link readCalibration}. */
export async function readCalibrationMap(
  modelId: string,
  checkpointId: string,
  ports: CalibrationPorts,
): Promise<CalibrationMap | null> {
  return (await readCalibration(modelId, checkpointId, ports))?.map ?? null;
}

/** How well one champion after the other was calibrated. */
export interface CalibrationPast {
  readonly runId: string;
  readonly checkpointId: string;
  /** Of the calibrated confidences, a fraction. */
  readonly ece: number;
  readonly n: number;
}

/** By run, oldest first; runs without enough answers left out. */
export async function calibrationHistory(
  modelId: string,
  ports: CalibrationPorts,
): Promise<readonly CalibrationPast[]> {
  const runs = (await runsWithReport(modelId, ports)).toReversed();
  const found = await Promise.all(runs.map(async (run) => ({ run, calibration: await calibrationBeside(run, ports) })));
  return found.flatMap(({ run, calibration }) =>
    calibration?.overall == null
      ? []
      : [
          {
            ...{ runId: run.runId, checkpointId: calibration.checkpointId },
            ...{ ece: calibration.overall.ece, n: calibration.overall.n },
          },
        ],
  );
}

/** Newest first. */
async function runsWithReport(modelId: string, { lineage }: CalibrationPorts): Promise<readonly Run[]> {
  const runs = await lineage.listRuns(modelId);
  return runs
    .filter(({ reportKey }) => reportKey !== null)
    .toReversed()
    .slice(0, mostRuns);
}

async function calibrationBeside({ reportKey }: Run, { objects }: CalibrationPorts): Promise<Calibration | null> {
  const key = reportKey?.replace(/[^/]+$/, calibrationFile) ?? '';
  if (!(await objects.list(key)).includes(key)) return null;
  return readJson(objects, key, calibrationSchema);
}
