// Plain JavaScript, so that an old Node can read it. It may not import anything but Node's own modules.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The release that the project is tested on; from 22.18 on Node reads TypeScript by itself. */
const wantedMajor = 24;
/** What plain JavaScript of ours needs: Node's own SQLite without a flag. */
const oldest = [22, 13];
/** Set for the process that was started again, so that it never starts another. */
const relaunchedBy = 'RATCHET_RELAUNCHED_BY';

/**
 * Runs a TypeScript entry point under a Node that can, or what was built of it. An older one starts the project's own Node (npm package `node`)
 * with the same launcher, hands its signals on, and ends as that one ends.
 * @param {string} launcher `import.meta.url` of the file that was started
 * @param {string} entry the TypeScript module, relative to the launcher
 */
export async function launch(launcher, entry) {
  const built = new URL(entry.replace(/\.ts$/, '.js'), launcher);
  // A launcher that has the name of its entry is not what was built of it.
  if (built.href !== launcher && existsSync(built)) {
    await launchBuilt(built);
    return;
  }
  const parent = process.env[relaunchedBy];
  delete process.env[relaunchedBy];
  const node = parent === undefined && majorVersion() < wantedMajor ? ownNode() : undefined;
  if (node !== undefined) {
    relaunch(node, fileURLToPath(launcher));
    return;
  }
  if (!process.features.typescript) {
    process.stderr.write(
      `Ratchet needs Node.js ${wantedMajor}; this one is ${process.version}.\n` +
        'Run "npm ci" in the project (it brings its own Node.js along), or install a newer one.\n',
    );
    process.exitCode = 1;
    return;
  }
  if (parent !== undefined) endWithParent();
  silenceExperimentalWarnings();
  keepCompiledCode();
  await import(new URL(entry, launcher).href);
}

/** From a package, whose modules are JavaScript. */
async function launchBuilt(entry) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    process.stderr.write(`Ratchet needs Node.js ${oldest.join('.')} or newer; this one is ${process.version}.\n`);
    process.exitCode = 1;
    return;
  }
  silenceExperimentalWarnings();
  keepCompiledCode();
  await import(entry.href);
}

function majorVersion() {
  return Number(process.versions.node.split('.')[0]);
}

/** The executable of the npm package `node`, wherever npm placed it. */
function ownNode() {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  try {
    const home = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    const path = join(home, 'bin', file);
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

function relaunch(node, script) {
  const child = spawn(node, [script, ...process.argv.slice(2)], {
    // The channel tells the child when this process is gone, even by SIGKILL.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [relaunchedBy]: String(process.pid) },
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const handOn = new Map(signals.map((signal) => [signal, () => child.kill(signal)]));
  for (const [signal, listener] of handOn) process.on(signal, listener);

  child.on('error', (error) => {
    process.stderr.write(`Cannot start ${node}: ${error.message}\nRun "npm ci" in the project again.\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    for (const [name, listener] of handOn) process.off(name, listener);
    if (signal === null) {
      process.exitCode = code ?? 1;
      return;
    }
    process.exitCode = 128 + (constants.signals[signal] ?? 0);
    process.kill(process.pid, signal);
  });
}

/** No orphan goes on working in the workspace once the process that people see is gone. */
function endWithParent() {
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel?.unref();
}

/** In every thread, beside the packages. Where that folder cannot be written Node goes on without. */
function keepCompiledCode() {
  const folder = new URL('../../node_modules/.cache/ratchet-compiled', import.meta.url);
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(folder);
  module.enableCompileCache?.();
}

function silenceExperimentalWarnings() {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name === 'ExperimentalWarning') return;
    for (const listener of listeners) listener.call(process, warning);
  });
}
