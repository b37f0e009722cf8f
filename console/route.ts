import { useEffect, useState } from 'preact/hooks';

/** Where the page stands: `#/models/M/PAGE/REST?NAME=VALUE`, each part decoded. */
export interface Route {
  /** Null on the list of models. */
  readonly model: string | null;
  /** Of a model; `overview` by default. */
  readonly page: string;
  readonly rest: readonly string[];
  readonly query: URLSearchParams;
}

/** Reads a location's hash; what cannot be read leads to the list of models. */
export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/u, '').split('?', 2);
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  const [root, model, page = 'overview', ...rest] = parts;
  const known = root === 'models' && model !== undefined && !parts.includes(null);
  return {
    model: known ? model : null,
    page: known ? (page ?? 'overview') : 'models',
    rest: known ? rest.filter((part) => part !== null) : [],
    query: new URLSearchParams(query),
  };
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

/** The address of a page of a model; of its overview without more. */
export function linkTo(model: string, ...parts: readonly string[]): string {
  return `#/${['models', model, ...parts].map(encodeURIComponent).join('/')}`;
}

/** The same address with other values in its query; what is empty is left out. */
export function withQuery(link: string, values: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== ''));
  return query.size === 0 ? link : `${link}?${query}`;
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => routeOf(location.hash));
  useEffect(() => {
    const onMove = (): void => setRoute(routeOf(location.hash));
    addEventListener('hashchange', onMove);
    return () => removeEventListener('hashchange', onMove);
  }, []);
  return route;
}

/** Goes to an address of {@link linkTo}. */
export function goTo(link: string): void {
  location.hash = link;
}
