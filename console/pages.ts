import type { ComponentType } from 'preact';
import type { PageProps } from './page-props.ts';
import { OverviewPage } from './pages/overview.tsx';

/** A page of a model, at `#/models/MODEL/NAME`. */
export interface Page {
  readonly name: string;
  readonly title: string;
  /** After `g`, this key leads to it. */
  readonly key: string;
  readonly view: ComponentType<PageProps>;
}

/** All pages of a model, in the order in which they are offered. A page of more than this file is one line here. */
export const pages: readonly Page[] = [{ name: 'overview', title: 'Overview', key: 'o', view: OverviewPage }];
