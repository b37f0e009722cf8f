import { useEffect, useRef, useState } from 'preact/hooks';
import type { ModelOverview, ModelOverviews } from '../shared/serving/console/messages.ts';
import { type Resource, useResource } from './api/use-resource.ts';
import { ClustersPage } from './clusters/clusters-page.tsx';
import { type KeyBinding, useKeys } from './keys.ts';
import { ModelsPage } from './pages/models.tsx';
import { pages } from './pages.ts';
import { Help } from './parts/help.tsx';
import { Empty } from './parts/states.tsx';
import { goTo, linkTo, type Route, routeOf, useRoute } from './route.ts';
import { shownName } from './text.ts';

/** The page of a model to be, which has no other pages yet. */
const namingPage = 'clusters';
/** How often the list of models is asked for anew. */
const everyMs = 15_000;

/** The whole page: its bar, the pages of the model chosen, and the page itself. */
export function App() {
  const route = useRoute();
  const [help, setHelp] = useState(false);
  const models = useResource<ModelOverviews>('/v1/overview', everyMs);
  const main = useRef<HTMLElement>(null);
  const where = `${route.model ?? ''}/${route.page}`;
  useFocusOnMove(where, main);
  useEffect(() => {
    const found = pages.find(({ name }) => name === route.page)?.title;
    const page = found ?? (route.page === namingPage ? 'Name clusters' : 'Models');
    document.title = route.model === null ? 'Models · Ratchet' : `${page} · ${shownName(route.model)} · Ratchet`;
  }, [where]);
  useKeys(
    'Everywhere',
    generalKeys(route, models, () => setHelp(true)),
  );
  return (
    <>
      <a class="skip" href={location.hash} onClick={(event) => skip(event, main.current)}>
        Skip to the page
      </a>
      <header class="bar">
        <a class="brand" href="#/">
          <Mark />
          Ratchet
        </a>
        <ModelPicker models={models.data?.models ?? []} route={route} />
        <button type="button" class="plain" onClick={() => setHelp(true)} aria-keyshortcuts="?">
          Keys <kbd>?</kbd>
        </button>
      </header>
      <div class={route.model === null || route.page === namingPage ? 'frame' : 'frame with-pages'}>
        {route.model !== null && route.page !== namingPage && <PageList model={route.model} at={route.page} />}
        <main ref={main} tabIndex={-1}>
          <PageOf route={route} models={models} />
        </main>
      </div>
      {help && <Help close={() => setHelp(false)} />}
    </>
  );
}

function generalKeys(route: Route, models: Resource<ModelOverviews>, showHelp: () => void): readonly KeyBinding[] {
  const { model } = route;
  const step = (by: number): void => {
    // By the address itself: a second press may come before the page has followed the first.
    const now = routeOf(location.hash);
    const names = models.data?.models.map((one) => one.model) ?? [];
    const next = names[(names.indexOf(now.model ?? '') + by + names.length) % names.length];
    if (next !== undefined) goTo(linkTo(next, ...(now.model === null ? [] : [now.page])));
  };
  return [
    { keys: '?', does: 'these keys', run: showHelp },
    { keys: 'g m', does: 'go to all models', run: () => goTo('#/') },
    ...(model === null || route.page === namingPage
      ? []
      : pages.map(({ name, title, key }) => ({
          keys: `g ${key}`,
          does: `go to ${title.toLowerCase()}`,
          run: () => goTo(linkTo(model, name)),
        }))),
    { keys: ']', does: 'the next model', run: () => step(1) },
    { keys: '[', does: 'the model before', run: () => step(-1) },
  ];
}

/** On another page it begins at its top, for who reads by ear or goes by keys too. */
function useFocusOnMove(where: string, main: { readonly current: HTMLElement | null }): void {
  const before = useRef(where);
  useEffect(() => {
    if (before.current === where) return;
    before.current = where;
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [where]);
}

function skip(event: Event, main: HTMLElement | null): void {
  event.preventDefault();
  main?.focus();
}

function PageOf({ route, models }: { route: Route; models: Resource<ModelOverviews> }) {
  const { model } = route;
  if (model === null) return <ModelsPage models={models} />;
  if (route.page === namingPage) return <ClustersPage key={model} model={model} />;
  const page = pages.find(({ name }) => name === route.page);
  if (page === undefined) {
    return (
      <Empty>
        <h1>There is no such page</h1>
        <p>
          <a href={linkTo(model)}>To the overview of {shownName(model)}</a>
        </p>
      </Empty>
    );
  }
  const View = page.view;
  return <View key={model} model={model} route={route} />;
}

function PageList({ model, at }: { model: string; at: string }) {
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the list is wider than the window. The page itself does not move.
    const link = list.current?.querySelector<HTMLElement>('[aria-current]');
    if (link) list.current?.scrollTo({ left: link.offsetLeft - (list.current.clientWidth - link.offsetWidth) / 2 });
  }, [at]);
  return (
    <nav class="pages" ref={list} aria-label="Pages of the model">
      <ul>
        {pages.map(({ name, title }) => (
          <li key={name}>
            <a href={linkTo(model, name)} aria-current={name === at ? 'page' : undefined}>
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function ModelPicker({ models, route }: { models: readonly ModelOverview[]; route: Route }) {
  const known = models.map(({ model }) => model);
  const all = route.model === null || known.includes(route.model) ? known : [route.model, ...known];
  return (
    <div class="picker">
      <label for="model">Model</label>
      <select
        id="model"
        value={route.model ?? ''}
        onChange={(event) => goTo(event.currentTarget.value === '' ? '#/' : linkTo(event.currentTarget.value))}
      >
        <option value="">All models</option>
        {all.map((model) => (
          <option key={model} value={model}>
            {shownName(model)}
          </option>
        ))}
      </select>
    </div>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
      <rect width="32" height="32" rx="7" class="mark-ground" />
      <path d="M7 23h5v-5h5v-5h5V8h3" class="mark-line" />
    </svg>
  );
}
