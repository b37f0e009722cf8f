import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root = fileURLToPath(new URL('../../', import.meta.url));
export const dist = join(root, 'dist');
/** A folder a function, as Lambda takes it. */
export const functionsFolder = join(dist, 'functions');
/** A folder a layer, as Lambda takes it. */
export const layersFolder = join(dist, 'layers');
