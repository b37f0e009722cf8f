import { useEffect, useRef, useState } from 'preact/hooks';
import { formatCount, plural } from '../../shared/domain/base/wording.ts';
import type { Clusters } from '../../shared/serving/console/cluster-messages.ts';
import type { Problem } from '../../shared/serving/messages.ts';
import { ApiError, modelPath, postJson } from '../api/client.ts';
import { useKeys } from '../keys.ts';
import { Trouble } from '../parts/states.tsx';
import { goTo, linkTo } from '../route.ts';
import { shownLine, shownName, shownText } from '../text.ts';
import { LabelField } from './label-field.tsx';

type Cluster = Clusters['clusters'][number];

/** The clusters beside the one in focus, its label, and what comes of all labels. */
export function Naming({ found }: { found: Clusters }) {
  const { model, of, canCreate } = found;
  const [clusters, setClusters] = useState(found.clusters);
  const [at, setAt] = useState(() => Math.max(0, nextUnseen(found.clusters, -1)));
  const [told, setTold] = useState('');
  const [trouble, setTrouble] = useState<Problem | null>(null);
  const [isCreating, setCreating] = useState(false);
  // Who goes by keys from cluster to cluster is not put into the field each time.
  const [isTyping, setTyping] = useState(true);
  const create = useRef<HTMLButtonElement>(null);
  const cluster = clusters[at];
  const labels = [...new Set(clusters.flatMap(({ label }) => (label === null || label === '' ? [] : [label])))].sort();

  useEffect(() => document.getElementById(`cluster-${at}`)?.scrollIntoView({ block: 'nearest' }), [at]);

  const go = (to: number): void => {
    setTyping(false);
    setAt(Math.min(Math.max(to, 0), clusters.length - 1));
  };
  const toField = (): void => document.getElementById('cluster-label')?.focus();
  const tell = async (work: () => Promise<void>): Promise<void> => {
    try {
      setTrouble(null);
      await work();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setTrouble(error.problem);
    }
  };
  const name = (label: string, typing: boolean): void => {
    if (cluster === undefined || isCreating) return;
    setTyping(typing);
    const before = clusters;
    const now = clusters.map((one) => (one.cluster === cluster.cluster ? { ...one, label } : one));
    setClusters(now);
    setTold(
      label === '' ? `Cluster ${cluster.cluster} is left out.` : `Cluster ${cluster.cluster}: ${shownName(label)}.`,
    );
    const next = nextUnseen(now, at);
    if (next >= 0) setAt(next);
    // Once what has changed is shown: the button may have been disabled before.
    else setTimeout(() => create.current?.focus());
    void tell(async () => {
      await postJson(modelPath(model, 'clusters'), { of, cluster: cluster.cluster, label }).catch((error: unknown) => {
        const old = before.find((one) => one.cluster === cluster.cluster)?.label ?? null;
        setClusters((all) => all.map((one) => (one.cluster === cluster.cluster ? { ...one, label: old } : one)));
        throw error;
      });
    });
  };
  const makeModel = (): void => {
    setCreating(true);
    setTold('');
    void tell(async () => {
      await postJson(modelPath(model, 'creation'), { of });
      goTo(linkTo(model));
    }).finally(() => setCreating(false));
  };

  useKeys('Clusters', [
    { keys: 'j', does: 'the next cluster, also ↓', run: () => go(at + 1) },
    { keys: 'ArrowDown', does: '', run: () => go(at + 1) },
    { keys: 'k', does: 'the cluster before, also ↑', run: () => go(at - 1) },
    { keys: 'ArrowUp', does: '', run: () => go(at - 1) },
    { keys: 'Home', does: 'the first cluster', run: () => go(0) },
    { keys: 'End', does: 'the last cluster', run: () => go(clusters.length - 1) },
    { keys: 'Enter', does: 'name it; in the field: that is its name, on to the next', run: toField },
    { keys: 'c', does: 'name it, also /', run: toField },
    { keys: '/', does: '', run: toField },
    { keys: 'x', does: 'leave it out', run: () => name('', false) },
    { keys: 'Escape', does: 'out of the field', run: () => undefined },
  ]);

  if (cluster === undefined) return null;
  const named = clusters.filter(({ label }) => label !== null && label !== '');
  const unseen = clusters.filter(({ label }) => label === null).length;
  const texts = named.reduce((sum, { size }) => sum + size, 0);
  const enough = labels.length >= 2;
  return (
    <>
      {trouble !== null && <Trouble problem={trouble} retry={() => setTrouble(null)} />}
      <div class="naming">
        <ol class="cluster-list" aria-label="Clusters">
          {clusters.map((one, index) => (
            <li key={one.cluster}>
              <button
                type="button"
                id={`cluster-${index}`}
                class="plain cluster-row"
                aria-current={index === at ? 'true' : undefined}
                onClick={() => go(index)}
              >
                <span class="cluster-name">
                  {one.cluster}. <State of={one} />
                </span>
                <span class="quiet small">
                  {plural(one.size, 'text')}: {shownLine(one.words.slice(0, 4).join(', '), 60)}
                </span>
              </button>
            </li>
          ))}
        </ol>
        <section class="panel cluster-panel" aria-labelledby="cluster-title">
          <h2 id="cluster-title">
            Cluster {cluster.cluster} of {clusters.length}, {plural(cluster.size, 'text')}
          </h2>
          {cluster.words.length > 0 && <p class="quiet">What tells it: {shownLine(cluster.words.join(', '), 200)}</p>}
          <LabelField
            key={`${cluster.cluster} ${at}`}
            cluster={cluster}
            labels={labels}
            takesFocus={isTyping}
            submit={(label) => name(label, true)}
          />
          <ul class="cluster-texts" aria-label="Texts of the cluster">
            {cluster.texts.map((text) => (
              <li key={text}>{shownText(text)}</li>
            ))}
          </ul>
          {cluster.size > cluster.texts.length && (
            <p class="quiet small">
              The {cluster.texts.length} most typical of {formatCount(cluster.size)}.
            </p>
          )}
        </section>
      </div>
      <p role="status" class="quiet" id="cluster-told">
        {isCreating ? 'Training the first checkpoint: this may take minutes …' : told}
      </p>
      <section class="panel" aria-labelledby="outcome">
        <h2 id="outcome">What comes of it</h2>
        <p>
          {plural(labels.length, 'label')} of {plural(named.length, 'cluster')} with {plural(texts, 'text')}
          {unseen > 0 &&
            `; ${plural(unseen, 'cluster')} not looked at yet, left out until ${unseen === 1 ? 'it is' : 'they are'}`}
          .
        </p>
        {labels.length > 0 && <p class="quiet">{labels.map((label) => shownName(label)).join(', ')}</p>}
        {canCreate ? (
          <p class="controls">
            <button
              type="button"
              class="primary"
              id="create-model"
              ref={create}
              disabled={!enough || isCreating}
              onClick={makeModel}
            >
              Create the model
            </button>
            {!enough && <span class="quiet small">It needs two labels at least.</span>}
          </p>
        ) : (
          <p class="quiet">No model can be created from here.</p>
        )}
      </section>
    </>
  );
}

function State({ of }: { of: Cluster }) {
  if (of.label === null)
    return <em class="quiet">{of.proposed === '' ? 'no name yet' : `${shownName(of.proposed)}?`}</em>;
  return of.label === '' ? <em class="quiet">left out</em> : <strong>{shownName(of.label)}</strong>;
}

/** The next one after `from` that nobody has looked at, from the first again; -1 where there is none. */
function nextUnseen(clusters: readonly Cluster[], from: number): number {
  const after = clusters.findIndex(({ label }, index) => index > from && label === null);
  return after >= 0 ? after : clusters.findIndex(({ label }) => label === null);
}
