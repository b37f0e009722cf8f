import { devNull } from 'node:os';
import { startEmulator } from './emulator.ts';

/**
 * Starts one emulator for all end-to-end test files. Its address and keys are in the environment of every test, so that
 * a client made without options talks to it; files keep out of each other's way by names of their own.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const emulator = await startEmulator();
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, emulator.env, {
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  return () => emulator.stop();
}
