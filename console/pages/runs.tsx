import { useEffect, useState } from 'preact/hooks';
import { formatDuration } from '../../shared/loop/report/format.ts';
import type { ModelDetail, RunList, StartedRun } from '../../shared/serving/console/messages.ts';
import type { Problem } from '../../shared/serving/messages.ts';
import { ApiError, modelPath, postJson } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { useKeys } from '../keys.ts';
import type { PageProps } from '../page-props.ts';
import { Decision, Moment } from '../parts/figures.tsx';
import { Empty, Loaded, Trouble } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { goTo, linkTo } from '../route.ts';
import { shownLine, shownName } from '../text.ts';
import { RunPage } from './run.tsx';
import { TranscriptPage } from './transcripts.tsx';

/** All runs of a model, and the way to start one; or one of them. */
export function RunsPage({ model, route }: PageProps) {
  const [run, part, agent] = route.rest;
  if (run === undefined) return <RunTable model={model} />;
  if (part === 'agents' && agent !== undefined)
    return <TranscriptPage key={agent} model={model} run={run} agent={agent} />;
  return <RunPage key={run} model={model} run={run} />;
}

function RunTable({ model }: { model: string }) {
  const runs = useResource<RunList>(modelPath(model, 'runs'), 5_000);
  const detail = useResource<ModelDetail>(modelPath(model, 'overview'), 5_000);
  return (
    <>
      <div class="head">
        <h1>Runs</h1>
        {detail.data !== null && <StartRun of={detail.data} />}
      </div>
      <Loaded of={runs}>
        {({ runs: all }) =>
          all.length === 0 ? (
            <Empty>
              <p>
                No run so far. A run reads what was judged of the model’s answers, trains on what it got wrong, and
                decides by evidence whether what came of it is better.
              </p>
            </Empty>
          ) : (
            <section class="panel">
              <Table
                caption="Runs, newest first"
                captionUnseen
                columns={['Run', 'Decision', 'Why', { title: 'Took', number: true }]}
                rows={all.map((run) => [
                  <>
                    <a href={linkTo(model, 'runs', run.run)}>{shownName(run.run, 40)}</a>
                    <span class="quiet small block">
                      <Moment at={run.startedAt} />
                    </span>
                  </>,
                  <Decision key="decision" run={run} />,
                  run.reason === null ? <span class="quiet">–</span> : shownLine(run.reason, 260),
                  formatDuration(run.startedAt, run.finishedAt),
                ])}
              />
            </section>
          )
        }
      </Loaded>
    </>
  );
}

function StartRun({ of: { model, active, canRun, next } }: { of: ModelDetail }) {
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  // It has its name once it has the lease, which may be after the answer.
  const [hasBegun, setBegun] = useState(false);
  const isBusy = active !== null || isAsking || hasBegun;
  const start = async (): Promise<void> => {
    if (isBusy || !canRun) return;
    setAsking(true);
    setProblem(null);
    try {
      const { run } = await postJson<StartedRun>(modelPath(model, 'runs'), {});
      if (run === null) setBegun(true);
      else goTo(linkTo(model, 'runs', run));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setProblem(error.problem);
    } finally {
      setAsking(false);
    }
  };
  useEffect(() => {
    if (hasBegun && active !== null) goTo(linkTo(model, 'runs', active.run));
  }, [hasBegun, active?.run]);
  useKeys('Runs', canRun ? [{ keys: 's', does: 'start a run', run: () => void start() }] : []);
  return (
    <>
      <p class="quiet end small">{shownLine(next.reason, 160)}</p>
      {canRun && (
        <button type="button" class="primary" disabled={isBusy} onClick={() => void start()} aria-keyshortcuts="s">
          {isAsking || (hasBegun && active === null)
            ? 'Starting …'
            : active === null
              ? 'Start a run'
              : 'A run is under way'}
        </button>
      )}
      {problem !== null && <Trouble problem={problem} retry={() => void start()} />}
    </>
  );
}
