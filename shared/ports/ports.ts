import type { TaskKind } from '../domain/base/task-kind.ts';
import type { Model } from '../domain/models/model.ts';
import type { BackEnds } from './back-ends.ts';
import type { Budgets } from './budgets.ts';
import type { Clock } from './clock.ts';
import type { Deployer } from './deployer.ts';
import type { Detector } from './detector.ts';
import type { Ids } from './ids.ts';
import type { LineageStore } from './lineage-store.ts';
import type { Links } from './links.ts';
import type { ObjectStore } from './object-store.ts';
import type { Observer } from './observer.ts';
import type { Owners } from './owners.ts';
import type { Random } from './random.ts';
import type { TraceFormat } from './trace-format.ts';
import type { TraceLog } from './trace-log.ts';
import type { TraceQuery } from './trace-query.ts';

/** All that a stage may reach of the world. */
export interface Ports extends BackEnds {
  readonly objects: ObjectStore;
  readonly lineage: LineageStore;
  readonly traceLog: TraceLog;
  readonly traceQuery: TraceQuery;
  /** Kinds of tasks, by name. */
  readonly tasks: ReadonlyMap<string, TaskKind>;
  /** What files of traces are read from, in the order in which they are tried. */
  readonly formats: readonly TraceFormat[];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly observer: Observer;
  readonly owners: Owners;
  /** What else is not to be stored, beside what models' settings say; none by default. */
  readonly detectors?: readonly Detector[];
  /**
   * How many traces, of inputs of these lengths in this order, a run of the model can go through here; all of them where
   * it is absent.
   */
  readonly mostTraces?: (
    model: Pick<Model, 'trainer' | 'trainerOptions' | 'task'>,
    lengths: readonly number[],
  ) => number;
  /** What a run may use; absent where nothing but agents and judges is limited, who have it themselves. */
  readonly budgets?: Budgets;
  /** Absent where nothing is deployed from. */
  readonly deployer?: Deployer;
  /** Absent where there is no console. */
  readonly links?: Links;
}
