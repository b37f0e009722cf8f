import { formatCount } from '../../shared/domain/base/wording.ts';
import { humanise } from '../../shared/loop/report/plain-words.ts';
import type { Costs } from '../../shared/serving/console/messages.ts';
import { modelPath } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import type { PageProps } from '../page-props.ts';
import { Decision, Moment } from '../parts/figures.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { linkTo } from '../route.ts';
import { shownName } from '../text.ts';

type CostOfRun = Costs['runs'][number];

/** What runs took: time by stage; tokens and dollars by role of their agents. */
export function CostPage({ model }: PageProps) {
  const costs = useResource<Costs>(modelPath(model, 'costs'), 30_000);
  return (
    <>
      <h1>Cost and time</h1>
      <Loaded of={costs}>
        {({ runs }) =>
          runs.length === 0 ? (
            <Empty>
              <p>No run so far, so nothing was spent.</p>
            </Empty>
          ) : (
            runs.map((run) => <RunCost key={run.run.run} model={model} of={run} />)
          )
        }
      </Loaded>
    </>
  );
}

function RunCost({ model, of: { run, seconds, stages, roles } }: { model: string; of: CostOfRun }) {
  const all = stages.reduce((sum, stage) => sum + stage.seconds, 0);
  return (
    <section class="panel" aria-label={`Run ${run.run}`}>
      <div class="head">
        <h2>
          <a href={linkTo(model, 'runs', run.run)}>{shownName(run.run, 40)}</a>
        </h2>
        <Decision run={run} />
        <span class="quiet">
          <Moment at={run.startedAt} />
          {seconds !== null && `, ${shownSeconds(seconds)} from begin to end`}
        </span>
      </div>
      {stages.length === 0 ? (
        <p class="quiet">When its stages ended is not on record.</p>
      ) : (
        <Table
          caption="Time by stage, each from the end of the one before"
          columns={[
            'Stage',
            { title: 'Time', number: true },
            'Share',
            { title: 'Turns', number: true },
            { title: 'Items', number: true },
          ]}
          rows={stages
            .toSorted((a, b) => b.seconds - a.seconds)
            .map((stage) => [
              humanise(stage.name),
              shownSeconds(stage.seconds),
              <Share key="share" of={all === 0 ? 0 : stage.seconds / all} />,
              formatCount(stage.turns),
              formatCount(stage.items),
            ])}
        />
      )}
      {roles.length === 0 ? (
        <p class="quiet small">No agents worked in it, so no tokens were spent.</p>
      ) : (
        <Table
          caption="Agents by role"
          columns={[
            'Role',
            { title: 'Agents', number: true },
            { title: 'Turns', number: true },
            { title: 'Tokens in', number: true },
            { title: 'Tokens out', number: true },
            { title: 'US dollars', number: true },
          ]}
          rows={roles.map((role) => [
            humanise(role.role),
            formatCount(role.agents),
            formatCount(role.turns),
            formatCount(role.inputTokens),
            formatCount(role.outputTokens),
            role.usd.toFixed(4),
          ])}
        />
      )}
    </section>
  );
}

function Share({ of }: { of: number }) {
  const width = 120;
  return (
    <svg
      width={width}
      height="10"
      viewBox={`0 0 ${width} 10`}
      class="share"
      role="img"
      aria-label={`${Math.round(100 * of)} %`}
    >
      <rect width={width} height="10" rx="3" class="share-all" />
      <rect width={Math.max(1, of * width)} height="10" rx="3" class="share-part" />
    </svg>
  );
}

function shownSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
