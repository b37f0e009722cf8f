import { RatchetError } from '../domain/base/errors.ts';
import type { Json } from '../domain/base/json.ts';
import type { BackEndNames } from '../domain/models/model.ts';
import { describeIssues } from '../intake/parse-json-line.ts';
import { analystNamed, type BackEnds, judgeNamed, predictorNamed, trainerNamed } from '../ports/back-ends.ts';
import type { Trainer } from '../ports/trainer.ts';

export interface BackEndChoice extends BackEndNames {
  readonly trainerOptions: Json;
}

/**
 * The trainer of a choice, with its options and their defaults, once the back ends are known to be here, to serve the
 * kind of task, and to fit one another.
 * @throws RatchetError InvalidInput
 */
export function checkBackEnds(
  choice: BackEndChoice,
  { kind }: { readonly kind: string },
  backEnds: BackEnds,
): { readonly trainer: Trainer; readonly trainerOptions: Json } {
  analystNamed(choice.analyst, backEnds);
  judgeNamed(choice.judge, backEnds);
  if (choice.secondOpinion !== null) judgeNamed(choice.secondOpinion, backEnds);
  const trainer = trainerNamed(choice.trainer, backEnds);
  const predictor = predictorNamed(choice.predictor, backEnds);
  const serves = ({ tasks }: { readonly tasks: readonly string[] }): boolean => tasks.includes(kind);
  const fitting = [...backEnds.predictors.values()].filter(
    (one) => serves(one) && trainer.predictors.includes(one.name),
  );
  if (!serves(trainer)) {
    throw new RatchetError('InvalidInput', `Trainer ${trainer.name} does not train models for the task ${kind}.`, {
      mend: useOneOf('trainer', [...backEnds.trainers.values()].filter(serves)),
    });
  }
  if (!serves(predictor)) {
    throw new RatchetError('InvalidInput', `Predictor ${predictor.name} does not answer for the task ${kind}.`, {
      mend: useOneOf('predictor', fitting),
    });
  }
  if (!fitting.includes(predictor)) {
    throw new RatchetError(
      'InvalidInput',
      `Predictor ${predictor.name} cannot answer with what trainer ${trainer.name} makes.`,
      { mend: useOneOf('predictor', fitting) },
    );
  }
  return { trainer, trainerOptions: checkOptions(trainer, choice.trainerOptions) };
}

/**
 * An endpoint to watch, its options with their defaults, once its predictor is known to be here and to ask such endpoints
 * for the kind of task. @throws RatchetError InvalidInput
 */
export function checkEndpoint(
  { predictor: name, options }: { readonly predictor: string; readonly options: Json },
  { kind }: { readonly kind: string },
  backEnds: Pick<BackEnds, 'predictors'>,
): { readonly predictor: string; readonly options: Json } {
  const predictor = predictorNamed(name, backEnds);
  if (predictor.endpoint === undefined || !predictor.tasks.includes(kind)) {
    throw new RatchetError('InvalidInput', `Predictor ${name} asks no endpoint for the task ${kind}.`, {
      mend: useOneOf(
        'predictor',
        [...backEnds.predictors.values()].filter((one) => one.endpoint !== undefined && one.tasks.includes(kind)),
      ),
    });
  }
  const parsed = predictor.endpoint.safeParse(options);
  if (parsed.success) return { predictor: name, options: parsed.data };
  throw new RatchetError('InvalidInput', `The endpoint: ${describeIssues(parsed.error)}.`, {
    mend: 'docs/back-ends.md tells what can be said of an endpoint. A key is taken from the environment alone.',
  });
}

/** A trainer's schema may pass over options that it does not know: nobody should think that they count. */
function checkOptions(trainer: Trainer, given: Json): Json {
  const parsed = trainer.options.safeParse(given);
  if (!parsed.success) {
    throw new RatchetError('InvalidInput', `Trainer ${trainer.name}: ${describeIssues(parsed.error)}.`);
  }
  const known = namesIn(parsed.data);
  const unknown = namesIn(given).find((name) => !known.includes(name));
  if (unknown === undefined) return parsed.data;
  throw new RatchetError('InvalidInput', `Trainer ${trainer.name} has no option ${JSON.stringify(unknown)}.`, {
    mend: known.length === 0 ? 'Leave it out: the trainer has no options.' : `Its options are: ${known.join(', ')}.`,
  });
}

function namesIn(options: Json): readonly string[] {
  return typeof options === 'object' && options !== null ? Object.keys(options) : [];
}

function useOneOf(what: string, fitting: readonly { readonly name: string }[]): string {
  if (fitting.length === 0) return `There is no ${what} here that does.`;
  return `Use ${what} ${fitting.map(({ name }) => name).join(' or ')}.`;
}
