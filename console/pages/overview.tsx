import type { ModelDetail } from '../../shared/serving/console/messages.ts';
import { modelPath } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import type { PageProps } from '../page-props.ts';
import { Loaded } from '../parts/states.tsx';
import { shownName } from '../text.ts';

/** A model at a glance. */
export function OverviewPage({ model }: PageProps) {
  const detail = useResource<ModelDetail>(modelPath(model, 'overview'), 15_000);
  return (
    <>
      <h1>{shownName(model)}</h1>
      <Loaded of={detail}>{(data) => <p>{data.next.reason}</p>}</Loaded>
    </>
  );
}
