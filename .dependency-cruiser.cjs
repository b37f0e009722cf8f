const { readdirSync } = require('node:fs');
const { join } = require('node:path');

/**
 * Imports run one way: domain ← tasks ← ports ← (agents | intake) ← operations ← loop ← (functions | cli). Adapters know domain,
 * tasks, ports and agents; composition knows adapters too, and the formats that the intake reads.
 */
const outside = 'functions|cli|infra|console|bench|test';

/** What a layer may not import: the layers above it and the adapters. */
function below(layer, above) {
  return {
    name: `${layer}-knows-only-what-is-below`,
    severity: 'error',
    from: { path: `^shared/${layer}/` },
    to: { path: `^(shared/(${above.join('|')})|${outside})/` },
  };
}

const stages = readdirSync(join(__dirname, 'functions')).filter((name) => /^[a-z]/.test(name));

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    below('domain', ['tasks', 'ports', 'agents', 'intake', 'operations', 'loop', 'serving', 'adapters', 'composition']),
    below('tasks', ['ports', 'agents', 'intake', 'operations', 'loop', 'serving', 'adapters', 'composition']),
    below('ports', ['agents', 'intake', 'operations', 'loop', 'serving', 'adapters', 'composition']),
    below('agents', ['intake', 'operations', 'loop', 'serving', 'adapters', 'composition']),
    below('intake', ['agents', 'operations', 'loop', 'serving', 'adapters', 'composition']),
    below('operations', ['loop', 'serving', 'adapters', 'composition']),
    below('loop', ['serving', 'adapters', 'composition']),
    // What runs have left is read by the functions that the report is made with.
    below('serving', ['agents', 'loop/(?!(state|report|inspect)/|engine/completed-output)', 'adapters', 'composition']),
    below('adapters', ['intake', 'operations', 'loop', 'serving', 'composition']),
    below('composition', ['intake(?!/formats)', 'operations', 'loop', 'serving']),
    {
      name: 'a-folder-of-the-loop-is-read-alone',
      comment: 'Folders of the loop share payload schemas (state) and the engine, nothing else.',
      severity: 'error',
      from: { path: '^shared/loop/([^/]+)/' },
      to: { path: '^shared/loop/', pathNot: '^shared/loop/(state|engine|$1)/' },
    },
    {
      name: 'state-and-engine-know-no-stage',
      severity: 'error',
      from: { path: '^shared/loop/(state|engine)/' },
      to: { path: '^shared/loop/', pathNot: '^shared/loop/(state|engine)/' },
    },
    {
      name: 'no-stage-imports-a-stage',
      severity: 'error',
      from: { path: '^shared/loop/[^/]+/', pathNot: '^shared/loop/(state|engine)/' },
      to: { path: `^shared/loop/[^/]+/(${stages.join('|')})\\.ts$`, pathNot: '^shared/loop/(state|engine)/' },
    },
    {
      name: 'rules-and-stages-import-no-sdk',
      severity: 'error',
      from: { path: '^shared/(domain|tasks|ports|agents|intake|operations|loop|serving)/' },
      to: { path: 'node_modules/(@aws-sdk|@smithy|aws-|@duckdb|@energetic-ai|openai|piscina)' },
    },
    {
      name: 'infra-knows-no-stages',
      severity: 'error',
      from: { path: '^infra/' },
      to: { path: '^(shared/(tasks|agents|intake|operations|loop|adapters|ports|composition)|functions|cli)/' },
    },
    {
      name: 'functions-and-cli-know-not-each-other',
      severity: 'error',
      from: { path: '^(functions|cli)/' },
      to: { path: '^(functions|cli)/', pathNot: '^$1/' },
    },
    {
      name: 'functions-and-cli-know-no-infra',
      comment: 'The laptop interprets the same state machine file.',
      severity: 'error',
      from: { path: '^(functions|cli)/' },
      to: { path: '^infra/', pathNot: '^infra/state-machines/improvement-loop\\.asl\\.json$' },
    },
    {
      name: 'the-console-knows-the-interface-alone',
      comment:
        'Of the server it knows types; of what words and numbers look like to people, the functions of the report.',
      severity: 'error',
      from: { path: '^console/' },
      to: {
        path: '^(shared|functions|cli|infra)/',
        pathNot: '^shared/(domain/base/wording|loop/report/(visible-text|plain-words|format))\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'nobody-knows-the-console',
      severity: 'error',
      from: { path: '^(shared|functions|cli|infra)/' },
      to: { path: '^console/' },
    },
    {
      name: 'product-knows-no-tests',
      severity: 'error',
      from: { path: '^(shared|functions|cli|infra|console)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'no-dev-dependency-in-product',
      severity: 'error',
      from: { path: '^(shared|functions|cli)/', pathNot: '^functions/(build\\.ts|_build/)' },
      // Optional peers are installed here for the tests, and are loaded only where they are found.
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/(@huggingface/transformers|onnxruntime-node)/',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
