/** Imports run one way: domain ← ports ← stages ← (functions | cli); adapters know ports and domain only. */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'domain-knows-nobody',
      severity: 'error',
      from: { path: '^shared/domain/' },
      to: { path: '^(shared/(ports|loop|intake|operations|adapters)|functions|cli|infra|console|bench)/' },
    },
    {
      name: 'ports-know-the-domain-only',
      severity: 'error',
      from: { path: '^shared/ports/' },
      to: { path: '^(shared/(loop|intake|operations|adapters)|functions|cli|infra|console|bench)/' },
    },
    {
      name: 'stages-know-ports-and-domain-only',
      severity: 'error',
      from: { path: '^shared/(loop|intake|operations)/' },
      to: { path: '^(shared/adapters|functions|cli|infra|console|bench)/' },
    },
    {
      name: 'adapters-know-ports-and-domain-only',
      severity: 'error',
      from: { path: '^shared/adapters/' },
      to: { path: '^(shared/(loop|intake|operations)|functions|cli|infra|console|bench)/' },
    },
    {
      name: 'domain-and-stages-import-no-sdk',
      severity: 'error',
      from: { path: '^shared/(domain|loop|intake|operations|ports)/' },
      to: { path: 'node_modules/(@aws-sdk|aws-|@duckdb|@energetic-ai|piscina)' },
    },
    {
      name: 'infra-knows-no-stages',
      severity: 'error',
      from: { path: '^infra/' },
      to: { path: '^(shared/(stages|adapters|ports)|functions|cli)/' },
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
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
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
