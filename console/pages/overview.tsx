import { axisX, axisY, barY, ruleY } from '@observablehq/plot';
import { useCallback } from 'preact/hooks';
import { formatCount, plural } from '../../shared/domain/base/wording.ts';
import { formatInterval, formatRate } from '../../shared/loop/report/format.ts';
import type { DriftMessage, ModelDetail, Since } from '../../shared/serving/console/messages.ts';
import { modelPath } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { Chart } from '../charts/chart.tsx';
import type { PageProps } from '../page-props.ts';
import { countedFacets } from '../parts/counted-facets.ts';
import { DriftPanel } from '../parts/drift-panel.tsx';
import { Decision, Figure, Moment, percentOr } from '../parts/figures.tsx';
import { measuredWords } from '../parts/measured.ts';
import { Loaded } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { linkTo } from '../route.ts';
import { shortId, shownLine, shownName } from '../text.ts';

/** A model at a glance: its last decision first, then how it does since, and what comes in. */
export function OverviewPage({ model }: PageProps) {
  const detail = useResource<ModelDetail>(modelPath(model, 'overview'), 10_000);
  const since = useResource<Since>(modelPath(model, 'since'));
  const drift = useResource<DriftMessage>(modelPath(model, 'drift'));
  return (
    <>
      <h1>{shownName(model)}</h1>
      <Loaded of={detail}>
        {(data) => (
          <>
            <LastDecision of={data} />
            <div class="grid two">
              <ChampionPanel of={data} />
              <section class="panel" aria-labelledby="since">
                <h2 id="since">On traffic that no choice has touched</h2>
                <Loaded of={since}>{(found) => <SincePromotion of={found} />}</Loaded>
              </section>
            </div>
            <TrafficPanel of={data} />
            <section class="panel" aria-labelledby="drift">
              <h2 id="drift">Drift</h2>
              <Loaded of={drift}>{(found) => <DriftPanel of={found} />}</Loaded>
            </section>
          </>
        )}
      </Loaded>
    </>
  );
}

function LastDecision({ of: { model, lastRun, active, next } }: { of: ModelDetail }) {
  return (
    <section class="panel lead" aria-labelledby="last">
      {active !== null ? (
        <>
          <h2 id="last">
            <Decision run={{ status: 'running', decision: null }} /> A run is under way
          </h2>
          <p>
            <a href={linkTo(model, 'runs', active.run)}>See how far it is</a>
          </p>
        </>
      ) : lastRun === null ? (
        <>
          <h2 id="last">No run so far</h2>
          <p>{shownLine(next.reason, 400)}</p>
        </>
      ) : (
        <>
          <h2 id="last">
            <Decision run={lastRun} /> {shownLine(lastRun.reason ?? '', 400)}
          </h2>
          <p class="quiet">
            <Moment at={lastRun.finishedAt ?? lastRun.startedAt} />
            {' · '}
            <a href={linkTo(model, 'runs', lastRun.run)}>the evidence</a>
          </p>
        </>
      )}
      {lastRun !== null && active === null && (
        <p>
          <strong>{next.due ? 'A run is due.' : 'No run is due.'}</strong> {shownLine(next.reason, 400)}{' '}
          <a href={linkTo(model, 'runs')}>Runs</a>
        </p>
      )}
    </section>
  );
}

function ChampionPanel({ of: { champion, task, labels, runs, missing } }: { of: ModelDetail }) {
  const lacking = [
    ...(missing.failures > 0 ? [plural(missing.failures, 'failure')] : []),
    ...(missing.records > 0 ? [plural(missing.records, 'judged trace')] : []),
  ];
  return (
    <section class="panel" aria-labelledby="champion">
      <h2 id="champion">Champion</h2>
      <dl class="figures">
        <Figure
          name="Score"
          value={percentOr(champion?.score?.value)}
          note={
            champion === null || champion.score === null ? 'not measured' : measuredWords[champion.score.measuredBy]
          }
        />
        <Figure name="Since" value={<Moment at={champion?.since ?? null} />} />
        <Figure name="Task" value={shownName(task)} note={countedFacets(task, labels)} />
        <Figure name="Runs" value={formatCount(runs)} />
      </dl>
      <p class="quiet small">
        Checkpoint <span class="id">{shortId(champion?.checkpoint ?? 'none')}</span>.{' '}
        {lacking.length > 0
          ? `A run that began now would lack ${lacking.join(' and ')} to decide by, at least.`
          : 'There is evidence enough for a run to decide by.'}
      </p>
    </section>
  );
}

function SincePromotion({ of: { compared } }: { of: Since }) {
  if (compared === null) return <p class="quiet">There is no champion yet.</p>;
  if (compared.missing > 0) {
    return (
      <p class="quiet">
        {compared.judged === 0
          ? 'Nothing that was judged has come since the champion was made.'
          : `${plural(compared.judged, 'judged trace')} came since.`}{' '}
        {plural(compared.missing, 'more independent one is', 'more independent ones are')} needed to say anything.
      </p>
    );
  }
  const { champion, predecessor, gained, lost } = compared;
  return (
    <>
      <dl class="figures">
        <Figure name="Champion" value={formatRate(champion)} note={formatInterval(champion)} />
        {predecessor !== null && (
          <Figure name="Its predecessor" value={formatRate(predecessor)} note={formatInterval(predecessor)} />
        )}
      </dl>
      <p class="quiet small">
        Of {plural(champion.of, 'judged trace')} that came since, near-duplicates counted once.
        {predecessor !== null &&
          ` Only the champion has ${formatCount(gained)} right, only its predecessor ${formatCount(lost)}.`}
      </p>
    </>
  );
}

function TrafficPanel({ of: { traffic, overTime } }: { of: ModelDetail }) {
  const { stretches, days } = overTime;
  const draw = useCallback(
    (width: number) => ({
      height: 190,
      marginLeft: 48,
      // Of few days each bar stays narrow.
      marginRight: Math.max(16, width - 48 - 84 * stretches.length),
      marginBottom: 28,
      x: { type: 'band' as const, domain: stretches.map(({ from }) => from), padding: 0.25 },
      y: { label: null, zero: true },
      marks: [
        axisY({ ticks: 4, tickSize: 0, fill: 'var(--muted)' }),
        axisX({
          tickSize: 0,
          label: null,
          fill: 'var(--muted)',
          ticks: stretches
            .map(({ from }) => from)
            .filter((_, at) => at % Math.max(1, Math.ceil((stretches.length * 64) / width)) === 0),
          tickFormat: (from: string) => from.slice(5),
        }),
        barY(stretches, { x: 'from', y: 'traces', fill: 'var(--line)', rx: 3 }),
        barY(stretches, { x: 'from', y: 'judged', fill: 'var(--after)', fillOpacity: 0.55, rx: 3 }),
        barY(stretches, { x: 'from', y: 'failed', fill: 'var(--bad)', rx: 3 }),
        ruleY([0], { stroke: 'var(--line-strong)' }),
      ],
    }),
    [JSON.stringify(stretches)],
  );
  return (
    <section class="panel" aria-labelledby="traffic">
      <h2 id="traffic">Traffic</h2>
      <dl class="figures">
        <Figure name="Traces" value={formatCount(traffic.traces)} />
        <Figure name="Judged" value={formatCount(traffic.judged)} />
        <Figure
          name="Failed when they came"
          value={formatCount(traffic.failed)}
          note={traffic.judged === 0 ? undefined : percentOr(traffic.failed / traffic.judged)}
        />
        <Figure name="Newest" value={<Moment at={traffic.lastAt} />} />
      </dl>
      {stretches.length > 0 && (
        <Chart
          title="Traffic over time"
          description={`${plural(traffic.traces, 'trace')}, ${formatCount(traffic.judged)} judged, ${formatCount(traffic.failed)} failed.`}
          draw={draw}
          table={
            <Table
              caption="Traffic over time"
              columns={[
                'From',
                { title: 'Traces', number: true },
                { title: 'Judged', number: true },
                { title: 'Failed', number: true },
              ]}
              rows={stretches.map(({ from, traces, judged, failed }) => [
                from,
                formatCount(traces),
                formatCount(judged),
                formatCount(failed),
              ])}
            />
          }
        >
          <span class="key traces">traces</span> <span class="key after">judged</span>{' '}
          <span class="key bad">failed</span> {days === 1 ? 'a day' : `in ${days} days`}, by when they came.
        </Chart>
      )}
    </section>
  );
}
