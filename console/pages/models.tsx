import { formatCount, plural } from '../../shared/domain/base/wording.ts';
import type { ToName } from '../../shared/serving/console/cluster-messages.ts';
import type { ModelOverview, ModelOverviews } from '../../shared/serving/console/messages.ts';
import { type Resource, useResource } from '../api/use-resource.ts';
import { countedFacets } from '../parts/counted-facets.ts';
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
      <ModelsToBe />
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

/** Clusters that wait to be named; nothing where there are none, or who looks may not see them. */
function ModelsToBe() {
  const { data } = useResource<ToName>('/v1/clusters');
  if (data === null || data.models.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="to-name">
      <h2 id="to-name">To be named</h2>
      <ul>
        {data.models.map(({ model, clusters, looked }) => (
          <li key={model}>
            <a href={linkTo(model, 'clusters')}>{shownName(model)}</a>: {looked} of {plural(clusters, 'cluster')} looked
            at
          </li>
        ))}
      </ul>
    </section>
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
          {of.task}, {countedFacets(of.task, of.labels)}
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
