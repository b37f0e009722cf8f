import { longStage, noWork } from './long-stage.ts';
import {
  choice,
  type Machine,
  machine,
  map,
  parallel,
  pass,
  sequence,
  succeed,
  type Template,
  task,
} from './states.ts';

const diagnosis = { 'run.$': '$.run', 'lease.$': '$.lease', iteration: 0 };
const iteration = { 'run.$': '$.run', 'lease.$': '$.lease', 'iteration.$': '$.iteration.number' };

/** What a stage before the first iteration gets, and one after the last. */
function once(more: Template = {}): Template {
  return { ...diagnosis, item: 'all', ...more };
}

/** What a stage of an iteration gets. */
function inIteration(more: Template): Template {
  return { ...iteration, item: 'all', 'prepared.$': '$.prepared', ...more };
}

const prepared = { 'prepared.$': '$.prepared' };
/** What later stages need of the split: not its shards. */
const split = {
  split: {
    'recordsKey.$': '$.split.recordsKey',
    'evidence.$': '$.split.evidence',
    'failures.$': '$.split.failures',
    'enoughEvidence.$': '$.split.enoughEvidence',
    'reason.$': '$.split.reason',
    'people.$': '$.split.people',
    'keptOut.$': '$.split.keptOut',
  },
};
const firstIteration = { number: 1, kind: 'first', move: 'first', historyKey: null };

const diagnose = sequence(
  pass('begin', { comment: 'No stage has worked yet.', gives: { 'run.$': '$.run', ...noWork } }),
  task('take-lease', {
    comment: "One active run a model: takes the model's lease and a new fencing token.",
    input: { 'run.$': '$.run', 'owner.$': '$$.Execution.Id' },
    resultPath: '$.lease',
  }),
  task('prepare-run', {
    comment: 'Pins the snapshot, in chunks; folds for the life of the model.',
    input: once(),
    resultPath: '$.snapshot',
  }),
  map('for-each-chunk', {
    comment: 'Chunks of the snapshot side by side.',
    items: '$.snapshot.chunks',
    atOnce: 10,
    item: {
      ...diagnosis,
      'item.$': '$$.Map.Item.Value.chunkId',
      'prepared.$': '$.snapshot.prepared',
      'chunk.$': '$$.Map.Item.Value',
      ...noWork,
    },
    does: sequence(
      longStage('answer-traces', {
        comment: 'The champion answers anew, out of fold: what it has since learnt is no failure.',
        question: 'are-the-traces-answered',
        pause: 'wait-for-the-answers',
        result: 'the-answers',
        resultPath: '$.answered',
      }),
      longStage('judge-traces', {
        comment: 'A verdict on each answer: human over LLM over rule.',
        input: { ...diagnosis, 'item.$': '$.item', ...prepared, 'answered.$': '$.answered' },
        question: 'are-the-answers-judged',
        pause: 'wait-for-the-judge',
        result: 'the-verdicts',
      }),
    ),
    resultPath: '$.judged',
  }),
  longStage('triage-traces', {
    comment: 'Clean, fixable noise, poison, or suspect judgement, each with its reason.',
    input: once({ 'prepared.$': '$.snapshot.prepared', 'judged.$': '$.judged' }),
    question: 'are-the-traces-triaged',
    pause: 'wait-for-a-second-opinion',
    result: 'the-triage',
    resultPath: '$.triaged',
  }),
  pass('the-snapshot', {
    comment: 'The chunks are read; what follows goes by what triage made of them.',
    gives: {
      'run.$': '$.run',
      'lease.$': '$.lease',
      'prepared.$': '$.snapshot.prepared',
      'triaged.$': '$.triaged',
      ...noWork,
    },
  }),
  task('split-traces', {
    comment: 'What candidates are weighed by, and shards for the diagnosis.',
    input: once({ ...prepared, 'triaged.$': '$.triaged' }),
    resultPath: '$.split',
  }),
  choice('is-there-enough-evidence', {
    answers: [{ Variable: '$.split.enoughEvidence', BooleanEquals: true, Next: 'for-each-shard' }],
    otherwise: 'too-little-evidence',
  }),
  pass('too-little-evidence', {
    comment: 'An outcome of its own, never a promotion.',
    gives: {
      'run.$': '$.run',
      'lease.$': '$.lease',
      iteration: firstIteration,
      ...prepared,
      'triaged.$': '$.triaged',
      ...split,
      taxonomy: { taxonomyKey: null, clusters: [], unclustered: 0 },
      weaknesses: [],
      decision: {
        next: 'keep',
        'reason.$': '$.split.reason',
        historyKey: null,
        chosen: null,
        answersKey: null,
        iteration: firstIteration,
      },
      finalTest: { testKey: null },
    },
    next: 'write-report',
  }),
  map('for-each-shard', {
    comment: 'Trace shards side by side.',
    items: '$.split.shards',
    atOnce: 10,
    item: {
      ...diagnosis,
      'item.$': '$$.Map.Item.Value.shardId',
      ...prepared,
      'shard.$': '$$.Map.Item.Value',
      ...noWork,
    },
    does: longStage('analyze-failures', {
      comment: 'What failed and why, first cause a trace.',
      question: 'are-the-failures-analyzed',
      pause: 'wait-for-the-analysis',
      result: 'the-analysis',
    }),
    resultPath: '$.analyses',
  }),
  longStage('build-taxonomy', {
    comment: 'Clusters of failures, each with its root cause and evidence.',
    input: once({ ...prepared, 'analyses.$': '$.analyses' }),
    question: 'is-the-taxonomy-built',
    pause: 'wait-for-the-taxonomy',
    result: 'the-taxonomy',
    resultPath: '$.taxonomy',
  }),
  map('for-each-suspected-weakness', {
    comment: 'Probes on the champion: systematic, or chance?',
    items: '$.taxonomy.clusters',
    atOnce: 10,
    item: {
      ...diagnosis,
      'item.$': '$$.Map.Item.Value.clusterId',
      ...prepared,
      split: { 'recordsKey.$': '$.split.recordsKey' },
      'taxonomyKey.$': '$.taxonomy.taxonomyKey',
      'cluster.$': '$$.Map.Item.Value',
      ...noWork,
    },
    does: longStage('confirm-weaknesses', {
      comment: 'Probes one cluster.',
      question: 'are-the-probes-answered',
      pause: 'wait-for-the-probes',
      result: 'the-weakness',
    }),
    resultPath: '$.weaknesses',
  }),
  pass('the-diagnosis', {
    comment: 'The shards are read; what follows goes by the weaknesses.',
    gives: {
      'run.$': '$.run',
      'lease.$': '$.lease',
      ...prepared,
      'triaged.$': '$.triaged',
      ...split,
      'taxonomy.$': '$.taxonomy',
      'weaknesses.$': '$.weaknesses',
      ...noWork,
    },
  }),
  task('inspect-lineage', {
    comment: "The champion's dataset, and the frozen records a candidate must not lose.",
    input: once(prepared),
    resultPath: '$.lineage',
  }),
);

const trainAndPrepare = parallel('train-and-prepare', {
  branches: [
    map('for-each-candidate', {
      comment: 'Candidates side by side, each from the foundation.',
      items: '$.plan.candidates',
      atOnce: 4,
      item: {
        ...iteration,
        'item.$': '$$.Map.Item.Value.candidateId',
        ...prepared,
        'candidate.$': '$$.Map.Item.Value',
        ...noWork,
      },
      does: longStage('train-candidates', {
        comment: 'Trains one candidate.',
        question: 'is-the-candidate-trained',
        pause: 'wait-for-the-training',
        result: 'the-checkpoint',
      }),
    }),
    task('prepare-next-dataset', {
      comment: 'What the likely next iteration needs.',
      input: inIteration({
        split: { 'recordsKey.$': '$.split.recordsKey', 'evidence.$': '$.split.evidence' },
        'taxonomyKey.$': '$.taxonomy.taxonomyKey',
        'weaknesses.$': '$.weaknesses',
        'lineage.$': '$.lineage',
      }),
    }),
  ],
  result: { 'trained.$': '$[0]' },
  resultPath: '$.training',
});

const iterate = sequence(
  pass('first-iteration', { result: firstIteration, resultPath: '$.iteration' }),
  map('for-each-cluster', {
    comment: 'Gold and hard negatives for each cluster.',
    items: '$.weaknesses',
    atOnce: 10,
    item: {
      ...iteration,
      'item.$': '$$.Map.Item.Value.clusterId',
      ...prepared,
      split: { 'recordsKey.$': '$.split.recordsKey' },
      'taxonomyKey.$': '$.taxonomy.taxonomyKey',
      'weakness.$': '$$.Map.Item.Value',
      'step.$': '$.iteration',
      lineage: { 'preceding.$': '$.lineage.preceding', 'earlier.$': '$.lineage.earlier' },
      ...noWork,
    },
    does: longStage('synthesize-curriculum', {
      comment: 'Chooses and writes examples for one cluster.',
      question: 'are-the-examples-chosen',
      pause: 'wait-for-the-examples',
      result: 'the-examples',
    }),
    resultPath: '$.parts',
  }),
  task('assemble-curriculum', {
    comment: 'The dataset, with leak check and quality controls.',
    input: inIteration({
      split: { 'recordsKey.$': '$.split.recordsKey' },
      'taxonomyKey.$': '$.taxonomy.taxonomyKey',
      'lineage.$': '$.lineage',
      'parts.$': '$.parts',
      'step.$': '$.iteration',
    }),
    resultPath: '$.curriculum',
  }),
  task('plan-candidates', {
    comment: 'Dataset times configuration, each with its fold models.',
    input: inIteration({
      'curriculum.$': '$.curriculum',
      'step.$': '$.iteration',
    }),
    resultPath: '$.plan',
  }),
  choice('is-there-anything-to-train', {
    answers: [{ Variable: '$.plan.ends', IsNull: true, Next: 'train-and-prepare' }],
    otherwise: 'nothing-to-train',
  }),
  pass('nothing-to-train', {
    comment: 'Nothing trains the model, or the budget allows no training.',
    takes: '$.plan.ends',
    resultPath: '$.decision',
    next: 'final-test',
  }),
  trainAndPrepare,
  map('for-each-evaluation', {
    comment: 'Each candidate, out of fold.',
    items: '$.plan.candidates',
    atOnce: 10,
    item: {
      ...iteration,
      'item.$': '$$.Map.Item.Value.candidateId',
      ...prepared,
      split: { 'evidence.$': '$.split.evidence' },
      lineage: { 'preceding.$': '$.lineage.preceding', 'earlier.$': '$.lineage.earlier' },
      'candidate.$': '$$.Map.Item.Value',
      ...noWork,
    },
    does: longStage('evaluate-candidates', {
      comment: 'One candidate on the evidence and on what earlier promotions froze.',
      question: 'has-the-candidate-answered',
      pause: 'wait-for-the-candidate',
      result: 'the-candidates-answers',
    }),
    resultPath: '$.evaluated',
  }),
  longStage('judge-candidates', {
    comment: 'What only a judge can tell of their answers, asked of all together; nothing for most tasks.',
    input: inIteration({
      split: { 'recordsKey.$': '$.split.recordsKey', 'evidence.$': '$.split.evidence' },
      triaged: { 'judgesKey.$': '$.triaged.judgesKey' },
      lineage: { 'preceding.$': '$.lineage.preceding', 'earlier.$': '$.lineage.earlier' },
      'evaluated.$': '$.evaluated',
    }),
    question: 'are-the-candidates-judged',
    pause: 'wait-for-the-judge-of-candidates',
    result: 'the-judged-answers',
    resultPath: '$.evaluated',
  }),
  task('gate-candidates', {
    comment: 'The regression gate over the whole lineage.',
    input: inIteration({
      'split.$': '$.split',
      'lineage.$': '$.lineage',
      'candidates.$': '$.plan.candidates',
      'evaluated.$': '$.evaluated',
    }),
    resultPath: '$.gate',
  }),
  longStage('decide-next', {
    comment: 'The iteration policy; among the moves that it allows an agent may choose.',
    input: inIteration({
      split: { 'recordsKey.$': '$.split.recordsKey' },
      'taxonomyKey.$': '$.taxonomy.taxonomyKey',
      'step.$': '$.iteration',
      'gate.$': '$.gate',
    }),
    question: 'is-it-decided',
    pause: 'wait-for-the-strategist',
    result: 'the-decision',
    resultPath: '$.decision',
  }),
  choice('what-next', {
    answers: [
      { Variable: '$.decision.next', StringEquals: 'promote', Next: 'promote-champion' },
      { Variable: '$.decision.next', StringEquals: 'tune', Next: 'turn-configuration' },
      {
        Or: ['rework-data', 'augment'].map((next) => ({ Variable: '$.decision.next', StringEquals: next })),
        Next: 'turn-data',
      },
    ],
    otherwise: 'final-test',
  }),
  pass('turn-data', {
    comment: 'The dataset changes.',
    takes: '$.decision.iteration',
    resultPath: '$.iteration',
    next: 'for-each-cluster',
  }),
  pass('turn-configuration', {
    comment: 'The dataset stays, the configuration changes.',
    takes: '$.decision.iteration',
    resultPath: '$.iteration',
    next: 'plan-candidates',
  }),
);

const end = sequence(
  task('promote-champion', {
    comment: 'Freezes the records and moves the champion by compare-and-set.',
    input: once({
      ...prepared,
      split: { 'evidence.$': '$.split.evidence', 'people.$': '$.split.people' },
      'decision.$': '$.decision',
    }),
    resultPath: '$.promotion',
  }),
  longStage('final-test', {
    comment: 'What the report shows of the candidate decided on.',
    input: once({ ...prepared, 'split.$': '$.split', 'decision.$': '$.decision' }),
    question: 'is-the-test-done',
    pause: 'wait-for-the-test',
    result: 'the-test',
    resultPath: '$.finalTest',
  }),
  task('write-report', {
    comment: "The HTML report, data-curation.md and the run's record; gives the lease back.",
    input: once({
      ...prepared,
      'triaged.$': '$.triaged',
      'split.$': '$.split',
      'taxonomy.$': '$.taxonomy',
      'weaknesses.$': '$.weaknesses',
      'decision.$': '$.decision',
      'finalTest.$': '$.finalTest',
    }),
    resultPath: '$.result',
  }),
  succeed('finished', { output: '$.result' }),
);

/** The improvement loop in Amazon States Language; the functions' names are variables, which the CDK fills in. */
export const improvementLoop: Machine & { readonly Comment: string; readonly TimeoutSeconds: number } = {
  Comment: "Ratchet's improvement loop: from judged traces to a promoted, or refused, checkpoint.",
  TimeoutSeconds: 7 * 86_400,
  ...machine(sequence(diagnose, iterate, end)),
};
