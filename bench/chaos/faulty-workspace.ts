import { join } from 'node:path';
import { lazyTraceStore } from '../../cli/lazy-trace-store.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { cacheFolder, lineageFile, objectsFolder } from '../../cli/workspace-files.ts';
import { createAgentsAnalyst } from '../../shared/adapters/analysts/agents/agents-analyst.ts';
import { createStatisticalAnalyst } from '../../shared/adapters/analysts/statistical/statistical-analyst.ts';
import { DirectoryObjectStore } from '../../shared/adapters/local/directory-object-store.ts';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { SqliteBudgets } from '../../shared/adapters/local/sqlite-budgets.ts';
import { SqliteLineageStore } from '../../shared/adapters/local/sqlite-lineage-store.ts';
import { SystemClock } from '../../shared/adapters/local/system-clock.ts';
import { createBackEnds } from '../../shared/composition/create-back-ends.ts';
import { createFormats } from '../../shared/composition/create-formats.ts';
import type { OwnerState } from '../../shared/domain/models/control.ts';
import type { ChatModel } from '../../shared/ports/chat-model.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import { taskKinds } from '../../shared/tasks/task-kinds.ts';
import type { Faults } from './faults.ts';
import { faultyBudgets, faultyChat } from './faulty-chat.ts';
import { faultyClock, faultyObjects, faultyPorts } from './faulty-ports.ts';

/** A workspace as one process has it open, with faults around every port and below those that stand on the object store. */
export interface FaultyProcess {
  /** Names the process as the owner of runs. */
  readonly owner: string;
  readonly ids: Ids;
  readonly stateOf: (owner: string) => OwnerState;
  readonly faults: Faults;
  /** What agents and judges ask; null, as by default, for none. */
  readonly chat?: ChatModel | null;
}

export function openFaultyWorkspace(
  directory: string,
  { owner, ids, stateOf, faults, chat = null }: FaultyProcess,
): Workspace {
  const folder = join(directory, objectsFolder);
  const store = new DirectoryObjectStore(folder);
  const objects = faultyObjects(store, faults, folder);
  const lineage = new SqliteLineageStore(join(directory, lineageFile));
  const file = new SqliteBudgets(join(directory, lineageFile));
  const budgets = faultyBudgets(file, faults);
  const clock = new SystemClock();
  const asked = chat === null ? null : faultyChat(chat, faults);
  const traces = lazyTraceStore({ objects, clock: faultyClock(clock, faults) });
  const { backEnds, forget, abort, close } = createBackEnds({
    objects,
    cacheDirectory: join(directory, cacheFolder),
    clock,
    budgets,
    traceQuery: traces.traceQuery,
    chat: async () => asked,
  });
  // As the composition makes it, but that nothing is waited for.
  const agents = createAgentsAnalyst({
    ...{ tasks: taskKinds, statistical: createStatisticalAnalyst({ tasks: taskKinds }), chat: async () => asked },
    ...{ objects, budgets, clock: faultyClock(clock, faults), traceQuery: traces.traceQuery, waits: [0] },
  });
  const ports = {
    objects: store,
    lineage,
    traceLog: traces.traceLog,
    traceQuery: traces.traceQuery,
    tasks: taskKinds,
    formats: createFormats(),
    ...backEnds,
    analysts: new Map([...backEnds.analysts, [agents.name, agents]]),
    budgets,
    clock,
    ids,
    random: new SeededRandom(),
    observer: { progress: () => undefined, note: () => undefined },
    owners: { stateOf: async (other: string) => stateOf(other) },
  };
  return {
    directory,
    owner,
    ports: faultyPorts(ports, faults, folder),
    localCopy: (key) => store.withLocalFile(key, async (path) => path),
    forget: (texts) => forget(texts),
    abort,
    async close() {
      await Promise.all([close(), traces.close()]);
      file.close();
      lineage.close();
    },
  };
}
