import type { AgentOutcome } from '../../agents/outcome.ts';
import type { Mark, PlaceAgreement, Score, TaskWords } from '../../domain/base/task-kind.ts';
import type { Interval } from '../../domain/base/wilson.ts';
import type { Weakness } from '../../domain/diagnosis/probe.ts';
import type { Cluster, Taxonomy } from '../../domain/diagnosis/taxonomy.ts';
import type { Drift } from '../../domain/drift/drift-findings.ts';
import type { Calibration } from '../../domain/evaluation/calibration.ts';
import type { GateRequest, GateVerdict } from '../../domain/evaluation/gate.ts';
import type { Configuration } from '../../domain/models/configuration.ts';
import type { ChampionMove } from '../../domain/models/control.ts';
import type { Dataset } from '../../domain/models/dataset.ts';
import type { Model } from '../../domain/models/model.ts';
import type { Run } from '../../domain/models/run.ts';
import type { StopReason } from '../../domain/policy/stop-reason.ts';
import type { Triage } from '../../domain/triage/triage.ts';
import type { CalibrationPast } from '../../operations/read-calibration.ts';
import type { Transcript } from '../../operations/transcript.ts';
import type { Note } from '../../ports/analyst.ts';
import type { NotCovered } from '../engine/not-covered.ts';
import type { JudgeReport } from '../state/judge-report.ts';
import type { RunPlan } from '../state/run-plan.ts';
import type { RunResult } from '../state/run-result.ts';
import type { Split } from '../state/split.ts';
import type { ClusterGain } from './cluster-gains.ts';
import type { EvidenceRates } from './evidence-forecast.ts';
import type { Review } from './review-lines.ts';

/** A rate with its 95 % Wilson interval. */
export interface Rate extends Interval {
  readonly right: number;
  readonly of: number;
}

export interface BeforeAfter {
  readonly name: string;
  readonly before: Rate;
  readonly after: Rate;
}

/** Recall and precision of one facet before and after; `of` counts what is there, and what was answered. */
export interface FacetReport {
  readonly facet: string;
  readonly recall: Omit<BeforeAfter, 'name'>;
  readonly precision: Omit<BeforeAfter, 'name'>;
}

export interface CandidateReport {
  readonly candidateId: string;
  readonly iteration: number;
  readonly checkpointId: string;
  readonly datasetId: string;
  readonly mode: Dataset['mode'];
  readonly configuration: Configuration;
  readonly score: number;
  readonly verdict: GateVerdict;
  /** The margin below zero that its gain was held to, a fraction; null where the paired test was asked for instead. */
  readonly margin: number | null;
  /** Whether what would be served is the average of the models that were weighed. */
  readonly isAverage: boolean;
}

export interface IterationReport {
  readonly iteration: number;
  /** What was changed: `first`, or the policy's move. */
  readonly move: string;
  readonly bestCandidateId: string;
  readonly score: number;
  readonly rolledBack: boolean;
  /** What the policy decided next, and why. */
  readonly decision: string;
}

/** An answer as people read it, held against the right one. */
export interface ShownAnswer {
  /** Null for no answer. */
  readonly output: string | null;
  readonly right: boolean;
  /** The places that it names; absent for no answer, and for a task whose outputs name none. */
  readonly marks?: readonly Mark[];
}

/** Text of a trace shown to a person, with outputs as people read them; untrusted. */
export interface ExampleText {
  readonly traceId: string;
  readonly input: string;
  /** Null where nobody has said what is right. */
  readonly expected: string | null;
  /** The right places; absent where nobody has said what is right, and for a task whose outputs name none. */
  readonly expectedMarks?: readonly Mark[];
  readonly before: ShownAnswer;
  /** Null where nothing answered afterwards. */
  readonly after: ShownAnswer | null;
}

/**
 * Outputs as people read them, or facets of a task whose outputs have parts: then null is what should not have been there,
 * or was not, and the same facet twice that is not right stands at another place.
 */
export interface ConfusionCell {
  readonly expected: string | null;
  readonly answered: string | null;
  readonly right: boolean;
  readonly before: number;
  readonly after: number;
}

/** A turn of an agent that something comes from, and the anchor where the page shows it. */
export interface ShownOrigin {
  readonly role: string;
  readonly turn: number;
  readonly what: string;
  readonly anchor: string;
}

/** All that a run's report shows. */
export interface ReportData {
  readonly run: Run;
  readonly model: Model;
  readonly decision: 'promoted' | 'kept';
  /** Where a new champion answers; absent where none was promoted. */
  readonly deployment?: {
    /** Where it is published, for people; null for nowhere. */
    readonly to: string | null;
    /** Why it is not there, and how to bring it there; null where it is. */
    readonly problem: string | null;
    /** Whether the champion before is at an endpoint, which goes on answering by it. */
    readonly wasAtEndpoint: boolean;
  };
  /** Why, as the loop has it on record. */
  readonly reason: string;
  /** How the task names its facets: `label`, `labels`. */
  readonly words: Pick<TaskWords, 'facet' | 'facets' | 'parts'>;
  /** What trainings and the answers of endpoints took. */
  readonly costs: RunResult['costs'];
  /** What is left out of the figures: `suspect judgements`. */
  readonly leftOut: string;
  /** Why the search for a better candidate ended; null where the gate's pass ended it, or no iteration was run. */
  readonly ended: StopReason | null;
  /** What a person should do next, a sentence each. */
  readonly nextSteps: readonly string[];
  /** Judged traces that stay undecided, as no judge is there that can tell whether another answer is as good. */
  readonly undecided?: number;
  /** Absent where the budget covered all of the champion's answers. */
  readonly notCovered?: NotCovered;
  readonly traffic: {
    readonly traces: number;
    readonly passes: number;
    readonly failures: number;
    readonly unknown: number;
    /** Older traces that were left out, and what bounds the snapshot; null where it has all. */
    readonly leftOut: RunPlan['leftOut'] | null;
  };
  /** Pages of a console where the run can be looked at closer; empty on a laptop. */
  readonly links: readonly { readonly title: string; readonly url: string }[];
  /** What the gate counts as evidence, against the settings' `enough…`; null when the run ended before the split. */
  readonly evidence: GateRequest['evidence'] | null;
  /** Judged traces that are probably still needed for the few fold models of a dear trainer; absent where none are. */
  readonly moreForFolds?: number;
  /** Whether the champion was not asked, as its answers cost something and there is too little for the trainer. */
  readonly onRecord?: boolean;
  /** What a person took back and the evidence would make again, so that nothing was trained; null where nothing is. */
  readonly keptOut: Split['keptOut'];
  /** What labels were split into that nothing to learn from is about, so that nothing was trained; mostly empty. */
  readonly unlearnt: readonly string[];
  /** How fast evidence comes; null where the log does not tell. */
  readonly rates: EvidenceRates | null;
  /** What rests on one judge alone and is held, most judgements first. */
  readonly alone: readonly NonNullable<Triage['alone']>[];
  /** Judges that must agree with people, with what came of them. */
  readonly judges: readonly { readonly role: 'judge' | 'second-opinion'; readonly report: JudgeReport }[];
  readonly triage: readonly {
    readonly category: string;
    readonly kind: string;
    readonly count: number;
    readonly example: string;
  }[];
  /** What candidates are weighed by, with what the champion has right of it out of fold. */
  readonly weighed: { readonly size: number; readonly right: number };
  /**
   * Figures out of fold (`traffic`, and of it the champion's `failures` and `passes`) and, where a share of the traffic
   * is kept for it, `report`; the champion the run began with before, the candidate of {@link decidedOn} after; null
   * when the run ended before.
   */
  readonly test: readonly BeforeAfter[] | null;
  /** The task's metric over the traffic, where it is not the share of right answers; else null. */
  readonly score: { readonly before: Score; readonly after: Score } | null;
  /** How far the places that answers name agree with the right ones; null for a task whose outputs name none. */
  readonly places: { readonly before: PlaceAgreement; readonly after: PlaceAgreement } | null;
  /** Traffic by facet; of a classification, by label. */
  readonly byFacet: readonly FacetReport[];
  /** Facets that the task knows and no record of the evidence has, so that nobody can tell whether they fall. */
  readonly untold: readonly string[];
  /** Traffic by what its metadata names as `slice`; empty where it names none. */
  readonly bySlice: readonly BeforeAfter[];
  /** The paper's own figure: share of all failures fixed, those trained on included. */
  readonly allFailuresFixed: Rate | null;
  /** How the agents of the run came out; none where its analyst is no agent. */
  readonly agents: readonly AgentOutcome[];
  /** What they said and did, with as many of their turns as a page has room for. */
  readonly transcripts: readonly Transcript[];
  /** What the strategist and the run noted from iteration to iteration; empty where nothing was. */
  readonly notes: readonly Note[];
  /** Answers on the traffic by right output and answer, right ones welcome. */
  readonly confusion: readonly ConfusionCell[];
  readonly taxonomy:
    | (Omit<Taxonomy, 'clusters' | 'excess'> & {
        /** What is to say of all failures, a sentence each. */
        readonly notes: readonly string[];
        readonly clusters: readonly (Cluster & {
          readonly examples: readonly ExampleText[];
          readonly weakness: Weakness | null;
          /** What the candidate decided on makes of it; null where there is none. */
          readonly gain: ClusterGain | null;
          /** The turns of agents that it comes from; empty where counting made it. */
          readonly proposedBy: readonly ShownOrigin[];
        })[];
      })
    | null;
  /** Failing traces, surest mistakes first, where they were not analysed; how many there are in all. */
  readonly failing: { readonly count: number; readonly examples: readonly ExampleText[] };
  /** What a person should judge, by reason, and how many lines of it `review.jsonl` holds. */
  readonly review: { readonly counts: Review['counts']; readonly lines: number };
  readonly datasets: readonly Dataset[];
  /** Score out of fold of the champion the run began with; null when it was not evaluated. */
  readonly championScore: number | null;
  /** All that were tried in the run. */
  readonly candidates: readonly CandidateReport[];
  /** `candidateId` of the candidate that the decision was about; null when none was trained. */
  readonly decidedOn: string | null;
  readonly iterations: readonly IterationReport[];
  /** Regressed examples of the candidate that the decision was about. */
  readonly regressed: readonly ExampleText[];
  /** Checkpoints of the model, oldest first; `champion` marks the one in production after the run. */
  readonly lineage: readonly {
    readonly checkpointId: string;
    readonly parentId: string | null;
    readonly datasetId: string;
    readonly createdAt: string;
    readonly champion: boolean;
    readonly score: number | null;
  }[];
  /** Of the champion after the run; null where no answer of it is judged out of fold. */
  readonly calibration: Calibration | null;
  /** Of earlier runs, oldest first. */
  readonly calibrationPast: readonly CalibrationPast[];
  /** Whether the traffic of the champion that the run began with has changed, at the last look; null without one. */
  readonly drift: Drift | null;
  /** Champions that were moved back as they were proven worse than their predecessors, oldest first. */
  readonly movedBack: readonly Pick<ChampionMove, 'at' | 'from' | 'to' | 'reason'>[];
}
