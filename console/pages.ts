import type { ComponentType } from 'preact';
import type { PageProps } from './page-props.ts';
import { CalibrationPage } from './pages/calibration.tsx';
import { CostPage } from './pages/cost.tsx';
import { CurriculumPage } from './pages/curriculum.tsx';
import { FailuresPage } from './pages/failures.tsx';
import { LineagePage } from './pages/lineage.tsx';
import { OverviewPage } from './pages/overview.tsx';
import { RunsPage } from './pages/runs.tsx';
import { ReviewPage } from './review/review-page.tsx';

/** A page of a model, at `#/models/MODEL/NAME`. */
export interface Page {
  readonly name: string;
  readonly title: string;
  /** After `g`, this key leads to it. */
  readonly key: string;
  readonly view: ComponentType<PageProps>;
}

/** All pages of a model, in the order in which they are offered. A further page is one line here. */
export const pages: readonly Page[] = [
  { name: 'overview', title: 'Overview', key: 'o', view: OverviewPage },
  { name: 'review', title: 'Review', key: 'v', view: ReviewPage },
  { name: 'runs', title: 'Runs', key: 'r', view: RunsPage },
  { name: 'failures', title: 'Failures', key: 'f', view: FailuresPage },
  { name: 'curriculum', title: 'Curriculum', key: 'c', view: CurriculumPage },
  { name: 'lineage', title: 'Lineage', key: 'l', view: LineagePage },
  { name: 'calibration', title: 'Calibration', key: 'b', view: CalibrationPage },
  { name: 'cost', title: 'Cost and time', key: 't', view: CostPage },
];
