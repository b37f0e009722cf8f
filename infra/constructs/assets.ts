import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { Config } from '../config.ts';
import type { LayerName } from '../function-specs.ts';

/** Where the code of functions and layers comes from. */
export interface Assets {
  functionCode(name: string): Code;
  layerCode(name: LayerName, architecture: Config['architecture']): Code;
}

/** What `npm run build:functions` wrote. @throws RatchetError ObjectMissing where it did not */
export function builtAssets(folder: string): Assets {
  const asset = (...path: readonly string[]): Code => {
    const place = join(folder, ...path);
    if (existsSync(place)) return Code.fromAsset(place);
    throw new RatchetError('ObjectMissing', `${place} has not been built.`, {
      mend: 'Build for the architecture that you deploy: npm run build:functions -- --arch arm64 (or x86_64).',
    });
  };
  return {
    functionCode: (name) => asset('functions', name),
    layerCode: (name, architecture) => asset('layers', name === 'duckdb' ? `${name}-${architecture}` : name),
  };
}
