import { defaultConfiguration } from '../../../shared/adapters/backends/embedded/search-space.ts';
import { defaultBackEnds } from '../../../shared/composition/default-back-ends.ts';
import { classification } from '../../../shared/tasks/classification/classification.ts';
import { classificationTask } from '../../../shared/tasks/classification/classification-spec.ts';
import { wrongLabels } from '../logs/judge.ts';
import type { BenchTask } from './bench-task.ts';

/** One label an input, which stays whatever is done to the text. */
export const labelTask: BenchTask = {
  kind: classification,
  ofNothing: null,
  carry: (output) => output,
  withQuoted: (own) => own,
  backEnds: defaultBackEnds,
  trainerOptions: (foundation) => ({ foundation }),
  configuration: defaultConfiguration,
  spec: classificationTask,
  wrongOutputs: wrongLabels,
};
