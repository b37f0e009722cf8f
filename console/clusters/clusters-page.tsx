import type { Clusters } from '../../shared/serving/console/cluster-messages.ts';
import { modelPath } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { Loaded } from '../parts/states.tsx';
import { shownName } from '../text.ts';
import './clusters.css';
import { Naming } from './naming.tsx';

/** Texts that nobody has labelled, in clusters to be named: what comes of it is a model. */
export function ClustersPage({ model }: { model: string }) {
  const clusters = useResource<Clusters>(modelPath(model, 'clusters'));
  return (
    <>
      <h1>Name clusters for {shownName(model)}</h1>
      <p class="quiet">
        Alike texts lie together. Give each cluster the label that its texts are to be answered by: the same one for
        several, none to leave a cluster out.
      </p>
      <Loaded of={clusters}>{(found) => <Naming key={found.of} found={found} />}</Loaded>
    </>
  );
}
