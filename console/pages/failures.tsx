import { useState } from 'preact/hooks';
import { formatCount, plural } from '../../shared/domain/base/wording.ts';
import { formatPercent } from '../../shared/loop/report/format.ts';
import { humanise } from '../../shared/loop/report/plain-words.ts';
import type { FailureCluster, Failures } from '../../shared/serving/console/messages.ts';
import { modelPath } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { Sparkline } from '../charts/sparkline.tsx';
import { useKeys } from '../keys.ts';
import type { PageProps } from '../page-props.ts';
import { Example } from '../parts/example.tsx';
import { Figure } from '../parts/figures.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { linkTo } from '../route.ts';
import { shownLine, shownName, shownText } from '../text.ts';

/** Why the model fails: clusters of its failures, each known again from run to run. */
export function FailuresPage({ model }: PageProps) {
  const failures = useResource<Failures>(modelPath(model, 'failures'), 30_000);
  return (
    <>
      <h1>Failures</h1>
      <Loaded of={failures}>
        {(found) =>
          found.run === null ? (
            <Empty>
              <p>
                No run has looked for failures yet. A run groups what the champion gets wrong, names the cause of each
                group, and tests it with probes.
              </p>
              <p>
                <a href={linkTo(model, 'runs')}>To the runs</a>
              </p>
            </Empty>
          ) : (
            <Taxonomy model={model} of={found} run={found.run.run} />
          )
        }
      </Loaded>
    </>
  );
}

function Taxonomy({ model, of, run }: { model: string; of: Failures; run: string }) {
  const [at, setAt] = useState(0);
  const { clusters } = of;
  const chosen = clusters[Math.min(at, clusters.length - 1)];
  const step = (by: number): void => setAt(Math.max(0, Math.min(clusters.length - 1, at + by)));
  useKeys('Failures', [
    { keys: 'j', does: 'the next cluster', run: () => step(1) },
    { keys: 'k', does: 'the cluster before', run: () => step(-1) },
  ]);
  return (
    <>
      <p>
        <a href={linkTo(model, 'runs', run)}>The last run that looked</a> found {plural(of.failing, 'failure')} among{' '}
        {plural(of.judged, 'judged trace')}
        {of.judged > 0 && ` (${formatPercent(of.failing / of.judged)})`}: {plural(clusters.length, 'cluster')}, and{' '}
        {formatCount(of.unclustered)} in none. Clusters are built from the failures that train, probes from the rest.
      </p>
      {of.notes.map((note) => (
        <p key={note}>{shownText(note)}</p>
      ))}
      <div class="explorer">
        <ul class="cluster-list" aria-label="Clusters, largest first">
          {clusters.map((cluster, index) => (
            <li key={cluster.identity}>
              <button type="button" class="cluster" aria-pressed={cluster === chosen} onClick={() => setAt(index)}>
                <span class="title">{shownLine(cluster.title, 90)}</span>
                <Sparkline points={pointsOf(cluster)} />
                <span class="quiet small">
                  {plural(cluster.size, 'failure')} · {trendOf(cluster)}
                </span>
              </button>
            </li>
          ))}
        </ul>
        {chosen !== undefined && <ClusterCard of={chosen} />}
      </div>
      {of.gone.length > 0 && (
        <section class="panel" aria-labelledby="gone">
          <h2 id="gone">Found before, and not any more</h2>
          <ul class="gone">
            {of.gone.map((cluster) => (
              <li key={cluster.identity}>
                <Sparkline points={pointsOf(cluster)} /> {shownLine(cluster.title, 120)}{' '}
                <span class="quiet small">{humanise(cluster.cause)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function shareOf({ size, of }: { size: number; of: number }): number {
  return of === 0 ? 0 : size / of;
}

function pointsOf({ history }: FailureCluster) {
  return history.map((one) => ({ value: shareOf(one), label: one.run }));
}

/** Whether the failure is going down, in words: by its share of what was judged. */
function trendOf({ history }: FailureCluster): string {
  const [before, now] = history.slice(-2);
  if (before === undefined || now === undefined) return 'first seen in this run';
  if (before.size === 0) return history.slice(0, -1).some(({ size }) => size > 0) ? 'it came back' : 'new in this run';
  const [from, to] = [shareOf(before), shareOf(now)];
  const word = to < from * 0.9 ? 'going down' : to > from * 1.1 ? 'growing' : 'unchanged';
  return `${word}, ${formatPercent(from)} → ${formatPercent(to)} of judged traces`;
}

function ClusterCard({ of }: { of: FailureCluster }) {
  const { probes, mended } = of;
  return (
    <section class="panel cluster-card" aria-labelledby="cluster" aria-live="polite">
      <h2 id="cluster">{shownLine(of.title, 200)}</h2>
      <p>
        <span class="tag">{humanise(of.cause)}</span>{' '}
        <span class={`tag ${of.fixability === 'fixable' ? 'good' : 'warn'}`}>
          {of.fixability === 'fixable' ? 'training can mend it' : 'its cause is outside the model'}
        </span>{' '}
        <span class="quiet">{trendOf(of)}</span>
      </p>
      <dl class="figures">
        <Figure name="Failures" value={formatCount(of.size)} />
        {mended !== null && (
          <Figure
            name="Mended by the candidate"
            value={formatCount(mended.mended)}
            note={`of ${formatCount(mended.mended + mended.failing)}`}
          />
        )}
        {probes !== null && (
          <Figure
            name="Probes that failed"
            value={`${formatCount(probes.failed)} of ${formatCount(probes.probes)}`}
            note={
              probes.verdict === 'confirmed'
                ? 'confirmed'
                : probes.verdict === 'refuted'
                  ? 'refuted'
                  : 'too few to tell'
            }
          />
        )}
      </dl>
      {probes !== null && <p class="quiet small">{shownText(probes.reason)}</p>}
      {of.evidence.length > 0 && (
        <ul>
          {of.evidence.map((line) => (
            <li key={line}>{shownText(line)}</li>
          ))}
        </ul>
      )}
      {of.keywords.length > 0 && (
        <p class="small">
          <span class="quiet">Words that set it apart:</span>{' '}
          {of.keywords.map((word) => shownName(word, 30)).join(', ')}
        </p>
      )}
      {of.history.length > 1 && (
        <details>
          <summary>Over the runs</summary>
          <Table
            caption="Failures of this cluster by run"
            captionUnseen
            columns={[
              'Run',
              { title: 'Failures', number: true },
              { title: 'Of judged', number: true },
              { title: 'Share', number: true },
            ]}
            rows={of.history.map((one) => [
              one.startedAt.slice(0, 16).replace('T', ' '),
              formatCount(one.size),
              formatCount(one.of),
              formatPercent(shareOf(one)),
            ])}
          />
        </details>
      )}
      {of.examples.length > 0 && <h3>For instance</h3>}
      {of.examples.map((example) => (
        <Example key={example.traceId} of={example} />
      ))}
    </section>
  );
}
