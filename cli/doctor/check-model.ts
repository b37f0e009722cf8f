import { artifactDigest } from '../../shared/adapters/backends/embedded/artifact.ts';
import { filesOf } from '../../shared/adapters/duckdb/log-files.ts';
import { filesNotMerged } from '../../shared/adapters/duckdb/merge-files.ts';
import { type CommittedBatch, TraceBatches } from '../../shared/adapters/duckdb/trace-batches.ts';
import { plural } from '../../shared/domain/base/wording.ts';
import type { Control } from '../../shared/domain/models/control.ts';
import { leaseIsLive, leaseKeepsOut } from '../../shared/domain/models/control.ts';
import { damagedOfRun } from '../../shared/loop/engine/damaged-of-run.ts';
import { leaseHeld } from '../../shared/operations/lease.ts';
import type { LineageStore } from '../../shared/ports/lineage-store.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { Owners } from '../../shared/ports/owners.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Check } from '../results.ts';
import { ok, problem, thrown, warning } from './check.ts';
import { checkRecords, tampered, wrongFiles } from './check-records.ts';

export interface ModelPorts {
  /**
   * What proposed commands name to reach the same place, for example ` --stack NAME`; empty for the usual directory.
   */
  readonly at: string;
  readonly lineage: LineageStore;
  readonly objects: ObjectStore;
  readonly owners: Owners;
  readonly tasks: Ports['tasks'];
}

/** All that can be told of one model without changing anything. */
export async function checkModel(modelId: string, ports: ModelPorts, now: number): Promise<readonly Check[]> {
  try {
    const control = await ports.lineage.getControl(modelId);
    if (control === undefined)
      return [problem(modelId, 'it has no control item', 'Restore the lineage from a backup.')];
    return [
      ...(await checkCheckpoints(control, ports)),
      await checkLease(control, ports, now),
      ...(await checkRuns(control, ports, now)),
      ...(await checkLog(modelId, ports)),
      ...(await checkRecords(modelId, ports)),
      ...(await checkQuarantine(modelId, ports)),
    ];
  } catch (error) {
    return [thrown(modelId, error, 'See the message.')];
  }
}

/** The champion's artifact and fold models against their digests, then those that can be rolled back to. */
async function checkCheckpoints({ modelId, championId, moves }: Control, ports: ModelPorts): Promise<readonly Check[]> {
  const name = `${modelId}: champion`;
  if (championId === null)
    return [
      warning(
        name,
        'there is none yet',
        `Train the first checkpoint: ratchet create ${modelId} --examples FILE${ports.at}`,
      ),
    ];
  const damage = await damageOf(modelId, championId, ports);
  const former = [...new Set(moves.map((move) => move.to))].filter((id) => id !== championId);
  const damages = await Promise.all(former.map((id) => damageOf(modelId, id, ports)));
  const sound = former.findLast((_, index) => damages[index] === null);
  return [
    damage === null
      ? ok(name, `${championId}, artifact matches its digest`)
      : problem(
          name,
          `${championId}: ${damage}`,
          sound === undefined
            ? 'Restore the artifact from a backup.'
            : `Restore the artifact from a backup, or go back: ratchet rollback ${modelId} --to ${sound}${ports.at}`,
        ),
    ...former.flatMap((id, index) => {
      const found = damages[index] ?? null;
      return found === null
        ? []
        : [
            warning(
              `${modelId}: former champion`,
              `${id}: ${found}`,
              'It cannot be rolled back to. Restore the artifact from a backup.',
            ),
          ];
    }),
  ];
}

async function damageOf(modelId: string, checkpointId: string, ports: ModelPorts): Promise<string | null> {
  const checkpoint = await ports.lineage.getCheckpoint(modelId, checkpointId);
  if (checkpoint === undefined) return 'it is not in the lineage';
  const folds = checkpoint.folds?.models ?? [];
  for (const [one, what] of [
    [checkpoint.served, 'artifact'] as const,
    ...folds.flatMap((fold) => (fold === null ? [] : [[fold, 'fold model'] as const])),
  ]) {
    if (one.digest === null) continue;
    const bytes = await ports.objects.get(one.ref);
    if (bytes === undefined) return `its ${what} is gone (${one.ref})`;
    if (artifactDigest(bytes) !== one.digest) return `its ${what} is damaged (${one.ref})`;
  }
  return null;
}

async function checkLease({ modelId, lease }: Control, ports: ModelPorts, now: number): Promise<Check> {
  const name = `${modelId}: lease`;
  if (lease === null) return ok(name, 'free');
  const until = new Date(lease.expiresAt).toISOString();
  const detail = `run ${lease.runId}, held by ${lease.owner}`;
  const goOn = `The next run takes it over: ratchet run ${modelId}${ports.at}`;
  const state = await ports.owners.stateOf(lease.owner);
  if (leaseIsLive(lease, now)) {
    return state === 'gone'
      ? warning(name, `${detail}, whose work has ended`, goOn)
      : ok(name, `${detail} until ${until}`);
  }
  const ended = lease.expiresAt > now ? `given until ${until} by a clock that stood ahead` : `expired at ${until}`;
  return state === 'running'
    ? warning(name, `${detail}, ${ended}, and still runs`, leaseHeld(modelId, lease, now).mend)
    : warning(name, `${detail}, ${ended}`, goOn);
}

async function checkRuns({ modelId, lease }: Control, ports: ModelPorts, now: number): Promise<readonly Check[]> {
  const activeRun =
    lease !== null && leaseKeepsOut(lease, now, await ports.owners.stateOf(lease.owner)) ? lease.runId : null;
  const broken = (await ports.lineage.listRuns(modelId)).filter(
    (run) => run.status === 'running' && run.runId !== activeRun,
  );
  return Promise.all(
    broken.map(async (run) => {
      const damaged = await damagedOfRun(run, ports.objects);
      const detail =
        damaged.length === 0
          ? 'was broken off'
          : `was broken off, and ${plural(damaged.length, 'file')} of its completed steps ${damaged.length === 1 ? 'is' : 'are'} not what was written, such as ${damaged[0]}: it does these steps again`;
      return warning(
        `${modelId}: run`,
        `${run.runId} ${detail}`,
        `It goes on where it stopped: ratchet run ${modelId}${ports.at}`,
      );
    }),
  );
}

async function checkLog(modelId: string, ports: ModelPorts): Promise<readonly Check[]> {
  const { batches, merges } = await new TraceBatches(ports.objects).listWithMerges(modelId);
  return [await checkTraces(modelId, batches, ports), ...checkMerging(modelId, filesNotMerged(batches, merges))];
}

/** Whether every file of the trace log is there, and what was written. */
async function checkTraces(modelId: string, batches: readonly CommittedBatch[], ports: ModelPorts): Promise<Check> {
  const name = `${modelId}: traces`;
  const { units, traceKeys, judgementKeys } = filesOf(batches);
  const keys = [...traceKeys, ...judgementKeys];
  const there = new Set(
    (await Promise.all(['traces', 'judgements'].map((kind) => ports.objects.list(`${kind}/${modelId}/`)))).flat(),
  );
  const missing = keys.filter((key) => !there.has(key));
  if (missing.length > 0)
    return problem(
      name,
      `${plural(missing.length, 'file')} of the log gone, such as ${missing[0]}`,
      'Restore them from a backup.',
    );
  const wrong = await wrongFiles(units, ports.objects);
  if (wrong.length > 0) return tampered(name, wrong);
  const traces = batches.reduce((sum, batch) => sum + batch.traces, 0);
  const judgements = batches.reduce((sum, batch) => sum + batch.judgements, 0);
  return ok(name, `${plural(traces, 'trace')}, ${plural(judgements, 'judgement')}`);
}

/** Whether small files of the log get merged: who appends tries it, and says nothing where it fails. */
function checkMerging(modelId: string, files: number): readonly Check[] {
  if (files === 0) return [];
  return [
    warning(
      `${modelId}: small files`,
      `${plural(files, 'file')} of the log should have been merged and ${files === 1 ? 'is' : 'are'} not`,
      'Nothing is lost, but reading gets slower. Each ingest tries again; where the number does not fall, a file is damaged, or files can be neither written nor deleted: see the other checks.',
    ),
  ];
}

/** Lines that could not be used are no fault of the workspace: they are only counted. */
async function checkQuarantine(modelId: string, ports: ModelPorts): Promise<readonly Check[]> {
  const keys = await ports.objects.list(`quarantine/${modelId}/`);
  if (keys.length === 0) return [];
  let lines = 0;
  for (const key of keys) {
    for (const byte of (await ports.objects.get(key)) ?? []) if (byte === 0x0a) lines += 1;
  }
  return [ok(`${modelId}: quarantine`, `${plural(lines, 'bad line')} under quarantine/${modelId}`)];
}
