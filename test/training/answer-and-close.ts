import { WarmProcess } from '../../shared/adapters/backends/local-job/warm-process.ts';
import { countingPython } from './python.ts';

// Asks a model one thing and closes, as a command does. Arguments: the artifact, its digest.
const [path = '', sha256 = ''] = process.argv.slice(2);
const warm = new WarmProcess(countingPython);
const { predictions } = await warm.ask(
  { artifact: { path, sha256 }, inputs: ['block my card'], alternatives: 1 },
  () => undefined,
);
process.stdout.write(`${String(predictions[0]?.output)}, `);
await warm.close();
process.stdout.write('closed\n');
