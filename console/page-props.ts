import type { Route } from './route.ts';

/** What every page of a model is given. */
export interface PageProps {
  /** Name of the model. */
  readonly model: string;
  readonly route: Route;
}
