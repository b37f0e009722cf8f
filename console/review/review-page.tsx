import { useResource } from '../api/use-resource.ts';
import type { PageProps } from '../page-props.ts';
import { Loading, Trouble } from '../parts/states.tsx';
import { shownName } from '../text.ts';
import './review.css';
import { type Caller, NameForm, useReviewer } from './reviewer.tsx';
import { Workbench } from './workbench.tsx';

/** The review queue: what people should look at, one card after the other, by keys. */
export function ReviewPage({ model, route }: PageProps) {
  const caller = useResource<Caller>('/v1/caller');
  const [kept, keep] = useReviewer();
  const known = caller.data?.signsAs ?? null;
  const reviewer = known ?? kept;
  const isAsked = caller.data === null && caller.problem === null;
  const isStranger = caller.problem?.status === 401;
  return (
    <>
      <div class="head">
        <h1>Review</h1>
        {reviewer !== null && !isAsked && !isStranger && (
          <p class="quiet small end">
            You sign as <strong>{shownName(reviewer, 40)}</strong>.{' '}
            {known === null && (
              <button type="button" class="plain small" onClick={() => keep(null)}>
                Somebody else
              </button>
            )}
          </p>
        )}
      </div>
      {isAsked ? (
        <Loading />
      ) : isStranger && caller.problem !== null ? (
        <Trouble problem={caller.problem} retry={caller.reload} />
      ) : reviewer === null ? (
        <NameForm keep={keep} />
      ) : (
        <Workbench key={reviewer} model={model} reviewer={reviewer} query={route.query} />
      )}
    </>
  );
}
