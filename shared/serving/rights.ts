/** What a caller can be allowed: to ask, to judge, to review, to look at all that is known of a model, and to start runs. */
export const rights = ['predict', 'feedback', 'review', 'read', 'run'] as const;
export type Right = (typeof rights)[number];

const reads: ReadonlySet<string | undefined> = new Set([
  ...['overview', 'since', 'drift', 'runs', 'failures', 'datasets', 'lineage', 'costs', 'calibration'],
]);

/**
 * The right that a request needs; `known` for what everybody may ask who may ask at all. Null for what is not listed here:
 * a route that is added is closed to callers of limited rights until it is.
 * @param path as the router sees it
 */
export function rightFor(method: string, path: string): Right | 'known' | null {
  const isReading = method === 'GET' || method === 'HEAD';
  if (path === '/v1/models' || path === '/v1/caller' || path === '/openapi.json') return 'known';
  if (path === '/v1/overview' || path === '/v1/loop' || path === '/v1/clusters') return 'read';
  const [, version, models, , what] = path.split('/');
  if (version !== 'v1' || models !== 'models') return null;
  if (what === 'predictions') return 'predict';
  if (what === 'feedback' || what === 'review') return what;
  if (what === 'clusters') return 'review';
  if ((what === 'runs' || what === 'creation') && !isReading) return 'run';
  return isReading && reads.has(what) ? 'read' : null;
}
