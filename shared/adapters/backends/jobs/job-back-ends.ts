import type { Predictor } from '../../../ports/predictor.ts';
import type { Trainer } from '../../../ports/trainer.ts';
import { gliner2OnnxPredictor } from '../gliner2-onnx/facts.ts';
import { mostAnswersUsd, paidAskingOf } from './decoder-cost.ts';
import { gliner2BackEnd, gliner2Facts } from './gliner2-facts.ts';
import { hfLoraBackEnd, hfLoraFacts } from './hf-lora-facts.ts';
import { isPaidByToken, tinkerBackEnd, tinkerFacts } from './tinker-facts.ts';

/** What the Python package can train and answer with, as Ratchet has to know it. */
export interface JobBackEnd {
  /** Of the back end in jobs, and of trainer and predictor where its jobs run on this machine. */
  readonly name: string;
  /** Whether its foundations are folders, or models of the Hugging Face hub. */
  readonly fromHub?: boolean;
  readonly trainer: Omit<Trainer, 'start' | 'advance' | 'name' | 'predictors'>;
  readonly predictor: Omit<Predictor, 'predict' | 'name' | 'mostCost'>;
  /**
   * The most that answers cost, US dollars, where they are paid for; null for none. `about` is what the artifact says of
   * itself.
   * @throws ZodError where it does not say it
   */
  mostAnswersUsd?(about: unknown, inputs: readonly string[]): number | null;
  /** What else can answer with its checkpoints, by name. */
  readonly otherPredictors: readonly string[];
}

/** All of them. */
export const jobBackEnds: readonly JobBackEnd[] = [
  {
    name: gliner2BackEnd,
    fromHub: true,
    trainer: gliner2Facts,
    // A checkpoint of a classification names all its labels; of an extraction its entities alone.
    predictor: { tasks: gliner2Facts.tasks, ranked: true, chunk: 500 },
    otherPredictors: [gliner2OnnxPredictor],
  },
  {
    name: hfLoraBackEnd,
    fromHub: true,
    trainer: hfLoraFacts,
    // Of a classification it names all labels; of a generation the one answer that it writes.
    predictor: { tasks: hfLoraFacts.tasks, ranked: true, chunk: 100 },
    otherPredictors: [],
  },
  {
    name: tinkerBackEnd,
    trainer: tinkerFacts,
    predictor: { tasks: tinkerFacts.tasks, ranked: true, chunk: 100, isPaid: isPaidByToken },
    mostAnswersUsd: (about, inputs) => mostAnswersUsd(paidAskingOf(about), inputs),
    otherPredictors: [],
  },
];
