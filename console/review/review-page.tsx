import type { PageProps } from '../page-props.ts';
import { shownName } from '../text.ts';
import './review.css';
import { NameForm, useReviewer } from './reviewer.tsx';
import { Workbench } from './workbench.tsx';

/** The review queue: what people should look at, one card after the other, by keys. */
export function ReviewPage({ model, route }: PageProps) {
  const [reviewer, keep] = useReviewer();
  return (
    <>
      <div class="head">
        <h1>Review</h1>
        {reviewer !== null && (
          <p class="quiet small end">
            You sign as <strong>{shownName(reviewer, 40)}</strong>.{' '}
            <button type="button" class="plain small" onClick={() => keep(null)}>
              Somebody else
            </button>
          </p>
        )}
      </div>
      {reviewer === null ? (
        <NameForm keep={keep} />
      ) : (
        <Workbench key={reviewer} model={model} reviewer={reviewer} query={route.query} />
      )}
    </>
  );
}
