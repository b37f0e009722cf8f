import { useEffect, useState } from 'preact/hooks';
import { formatCount, plural } from '../../shared/domain/base/wording.ts';
import { formatPercent } from '../../shared/loop/report/format.ts';
import { sliceTitles } from '../../shared/loop/report/plain-words.ts';
import type {
  CurriculumExample,
  DatasetList,
  DatasetSummary,
  CurriculumPage as Examples,
} from '../../shared/serving/console/messages.ts';
import type { Problem } from '../../shared/serving/messages.ts';
import { ApiError, getJson, modelPath } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { useKeys } from '../keys.ts';
import type { PageProps } from '../page-props.ts';
import { Empty, Loaded, Loading, Trouble } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { VirtualList } from '../parts/virtual-list.tsx';
import { goTo, linkTo, withQuery } from '../route.ts';
import { shortId, shownLine, shownName } from '../text.ts';

const fromTitles = {
  trace: 'Traces',
  parent: 'The champion’s own curriculum',
  file: 'First examples',
  probe: 'Probes',
  synthesis: 'Synthesis',
} as const;

/** What a checkpoint was trained on: shares against their bands, and every example with where it comes from. */
export function CurriculumPage({ model, route }: PageProps) {
  const list = useResource<DatasetList>(modelPath(model, 'datasets'), 30_000);
  const [named] = route.rest;
  return (
    <>
      <h1>Curriculum</h1>
      <Loaded of={list}>
        {({ datasets }) => {
          const chosen =
            datasets.find(({ dataset }) => dataset === named) ??
            datasets.find(({ ofChampion }) => ofChampion) ??
            datasets[0];
          if (chosen === undefined) {
            return (
              <Empty>
                <p>The model has no training set yet.</p>
              </Empty>
            );
          }
          return (
            <>
              <DatasetPicker model={model} datasets={datasets} chosen={chosen} />
              <Shares of={chosen} />
              <ExampleBrowser key={chosen.dataset} model={model} dataset={chosen} query={route.query} />
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function DatasetPicker({
  model,
  datasets,
  chosen,
}: {
  model: string;
  datasets: readonly DatasetSummary[];
  chosen: DatasetSummary;
}) {
  return (
    <p class="controls">
      <label for="dataset">Training set</label>
      <select
        id="dataset"
        value={chosen.dataset}
        onChange={(event) => goTo(linkTo(model, 'curriculum', event.currentTarget.value))}
      >
        {datasets.map(({ dataset, createdAt, mode, examples, ofChampion }) => (
          <option key={dataset} value={dataset}>
            {`${createdAt.slice(0, 16).replace('T', ' ')} · ${mode}, ${formatCount(examples)}${ofChampion ? ' · of the champion' : ''} · ${shortId(dataset)}`}
          </option>
        ))}
      </select>
    </p>
  );
}

function Shares({ of }: { of: DatasetSummary }) {
  return (
    <section class="panel" aria-labelledby="shares">
      <h2 id="shares">Shares of the sample weight</h2>
      <p class="quiet">
        {plural(of.examples, 'example')}: {of.meaning}.
      </p>
      {of.bands.length > 0 && (
        <>
          <ShareBar of={of} />
          <Table
            caption="Measured, and the band wanted"
            columns={[
              'Slice',
              { title: 'Examples', number: true },
              { title: 'Share', number: true },
              { title: 'Band', number: true },
              '',
            ]}
            rows={of.bands.map((band) => [
              <span key="slice" class={`key slice-${band.slice}`}>
                {band.title}
              </span>,
              formatCount(band.examples),
              formatPercent(band.share),
              `${(100 * band.lower).toFixed(0)}–${formatPercent(band.upper, 0)}`,
              band.met ? (
                <span class="good">✓ met</span>
              ) : (
                <span class="warn">{shownLine(band.reason || 'not met', 160)}</span>
              ),
            ])}
          />
        </>
      )}
      {of.controls.length > 0 && (
        <details>
          <summary>Quality controls</summary>
          <Table
            caption="Quality controls"
            captionUnseen
            columns={['Control', 'Wanted', 'Measured', '']}
            rows={of.controls.map((control) => [
              control.name.replaceAll('-', ' '),
              shownLine(control.wanted, 200),
              shownLine(control.measured, 200),
              control.met ? <span class="good">✓</span> : <span class="warn">not met</span>,
            ])}
          />
        </details>
      )}
      {of.leftOut.length > 0 && (
        <details>
          <summary>Left out</summary>
          <Table
            caption="Left out, by reason"
            captionUnseen
            columns={['Why', { title: 'Examples', number: true }]}
            rows={of.leftOut.map(({ why, count }) => [shownLine(why, 200), formatCount(count)])}
          />
        </details>
      )}
    </section>
  );
}

function ShareBar({ of: { bands } }: { of: DatasetSummary }) {
  let before = 0;
  return (
    <svg class="share-bar" viewBox="0 0 1000 28" preserveAspectRatio="none" aria-hidden="true">
      {bands.map(({ slice, share }) => {
        const x = 1000 * before;
        before += share;
        return <rect key={slice} x={x} width={Math.max(0, 1000 * share - 3)} height="28" class={`slice-${slice}`} />;
      })}
    </svg>
  );
}

interface BrowserProps {
  readonly model: string;
  readonly dataset: DatasetSummary;
  readonly query: URLSearchParams;
}

function ExampleBrowser({ model, dataset, query }: BrowserProps) {
  const asked = { slice: query.get('slice') ?? '', from: query.get('from') ?? '', text: query.get('text') ?? '' };
  const go = (change: Partial<typeof asked>): void =>
    goTo(withQuery(linkTo(model, 'curriculum', dataset.dataset), { ...asked, ...change }));
  useKeys('Curriculum', [
    { keys: '/', does: 'search the examples', run: () => document.getElementById('example-text')?.focus() },
    { keys: 'a', does: 'all slices', run: () => go({ slice: '' }) },
    { keys: '1', does: 'gold alone', run: () => go({ slice: 'gold' }) },
    { keys: '2', does: 'hard negatives alone', run: () => go({ slice: 'hard-negative' }) },
    { keys: '3', does: 'replay alone', run: () => go({ slice: 'replay' }) },
  ]);
  return (
    <section class="panel" aria-labelledby="examples">
      <h2 id="examples">Examples</h2>
      <form
        class="controls"
        onSubmit={(event) => {
          event.preventDefault();
          go({ text: String(new FormData(event.currentTarget).get('text') ?? '') });
        }}
      >
        <span class="field">
          <label for="example-slice">Slice</label>
          <select id="example-slice" value={asked.slice} onChange={(event) => go({ slice: event.currentTarget.value })}>
            <option value="">All</option>
            {Object.entries(sliceTitles).map(([slice, title]) => (
              <option key={slice} value={slice}>
                {title}
              </option>
            ))}
          </select>
        </span>
        <span class="field">
          <label for="example-from">From</label>
          <select id="example-from" value={asked.from} onChange={(event) => go({ from: event.currentTarget.value })}>
            <option value="">Everywhere</option>
            {Object.entries(fromTitles).map(([from, title]) => (
              <option key={from} value={from}>
                {title}
              </option>
            ))}
          </select>
        </span>
        <span class="field">
          <label for="example-text">Holds</label>
          <input id="example-text" name="text" type="search" maxLength={200} defaultValue={asked.text} />
        </span>
        <button type="submit">Search</button>
      </form>
      <ExampleList
        key={JSON.stringify(asked)}
        path={modelPath(model, 'datasets', dataset.dataset, 'examples')}
        asked={asked}
      />
    </section>
  );
}

const pageSize = 200;

interface ListState {
  readonly examples: readonly CurriculumExample[];
  readonly total: number;
  readonly next: number | null;
}

function ExampleList({ path, asked }: { path: string; asked: Readonly<Record<string, string>> }) {
  const [found, setFound] = useState<ListState | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [wanted, setWanted] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    const load = async (): Promise<void> => {
      try {
        const query = withQuery(path, { ...asked, after: String(wanted), limit: String(pageSize) });
        const page = await getJson<Examples>(query, abort.signal);
        setProblem(null);
        setFound((before) => ({
          examples: [...(before === null || wanted === 0 ? [] : before.examples), ...page.examples],
          total: page.total,
          next: page.next,
        }));
      } catch (error) {
        if (abort.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        setProblem(error.problem);
      }
    };
    void load();
    return () => abort.abort();
  }, [wanted, path]);
  if (found === null) return problem === null ? <Loading /> : <Trouble problem={problem} retry={() => setWanted(0)} />;
  if (found.total === 0) return <p class="quiet">No example meets that.</p>;
  return (
    <>
      <p class="quiet small" role="status">
        {plural(found.total, 'example')}
      </p>
      <VirtualList
        label="Examples"
        items={found.examples}
        keyOf={({ id }) => id}
        rowHeight={64}
        onEnd={() => found.next !== null && setWanted(found.next)}
        row={(example) => <ExampleRow of={example} />}
      />
      {problem !== null && <Trouble problem={problem} retry={() => setWanted(found.next ?? 0)} />}
    </>
  );
}

function ExampleRow({ of }: { of: CurriculumExample }) {
  return (
    <article class="example-row">
      <p class="trace-line">{shownLine(of.input, 300)}</p>
      <p class="small">
        <strong>{shownName(of.output, 60)}</strong>{' '}
        <span class={`key slice-${of.slice}`}>{sliceTitles[of.slice as keyof typeof sliceTitles] ?? of.slice}</span>{' '}
        <span class="quiet">
          weight {of.weight.toFixed(2)} · {shownLine(of.why, 140)}
        </span>
      </p>
    </article>
  );
}
