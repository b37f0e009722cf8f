import { formatCount } from '../../shared/domain/base/wording.ts';
import type { ModelOverview, ModelOverviews } from '../../shared/serving/console/messages.ts';
import type { Resource } from '../api/use-resource.ts';
import { Decision, Figure, Moment, percentOr } from '../parts/figures.tsx';
import { measuredWords } from '../parts/measured.ts';
import { Empty, Loaded } from '../parts/states.tsx';
import { linkTo } from '../route.ts';
import { shownLine, shownName } from '../text.ts';

/** All models at a glance. */
export function ModelsPage({ models }: { models: Resource<ModelOverviews> }) {
  return (
    <>
      <h1>Models</h1>
      <Loaded of={models}>
        {({ models: all }) =>
          all.length === 0 ? (
            <Empty>
              <p>There are no models here yet. Make the first one from texts with labels:</p>
              <pre>ratchet create MODEL --examples FILE</pre>
            </Empty>
          ) : (
            <ul class="cards">
              {all.map((model) => (
                <li key={model.model}>
                  <ModelCard of={model} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}

function ModelCard({ of }: { of: ModelOverview }) {
  const { champion, traffic, lastRun, active, next } = of;
  return (
    <article class="card">
      <header>
        <h2>
          <a href={linkTo(of.model)}>{shownName(of.model)}</a>
        </h2>
        <span class="quiet">
          {of.task}, {formatCount(of.labels)} {of.labels === 1 ? 'label' : 'labels'}
        </span>
      </header>
      <dl class="figures">
        <Figure
          name="Score"
          value={percentOr(champion?.score?.value)}
          note={
            champion?.score === null || champion === null ? 'not measured' : measuredWords[champion.score.measuredBy]
          }
        />
        <Figure name="Traces" value={formatCount(traffic.traces)} note={`${formatCount(traffic.judged)} judged`} />
        <Figure name="Champion since" value={<Moment at={champion?.since ?? null} />} />
      </dl>
      <p class="last">
        {active !== null ? (
          <Decision run={{ status: 'running', decision: null }} />
        ) : lastRun === null ? (
          <span class="tag">No run yet</span>
        ) : (
          <Decision run={lastRun} />
        )}{' '}
        {lastRun?.reason !== null && lastRun !== null && active === null && shownLine(lastRun.reason ?? '', 180)}
      </p>
      <p class="quiet small">
        {next.due ? 'A run is due. ' : 'No run is due. '}
        {shownLine(next.reason, 200)}
      </p>
    </article>
  );
}
