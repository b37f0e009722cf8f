import type { Analyst } from '../ports/analyst.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { LineageStore } from '../ports/lineage-store.ts';
import type { Links } from '../ports/links.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Observer } from '../ports/observer.ts';
import type { Owners } from '../ports/owners.ts';
import type { Predictor } from '../ports/predictor.ts';
import type { Random } from '../ports/random.ts';
import type { TraceLog } from '../ports/trace-log.ts';
import type { TraceQuery } from '../ports/trace-query.ts';
import type { Trainer } from '../ports/trainer.ts';

/** All that a stage may reach of the world. */
export interface Ports {
  readonly objects: ObjectStore;
  readonly lineage: LineageStore;
  readonly traceLog: TraceLog;
  readonly traceQuery: TraceQuery;
  /** By name. */
  readonly trainers: ReadonlyMap<string, Trainer>;
  readonly predictors: ReadonlyMap<string, Predictor>;
  readonly analyst: Analyst;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly observer: Observer;
  readonly owners: Owners;
  /** Absent where there is no console. */
  readonly links?: Links;
}
