// Runs the scenarios of the conformance suite that fit any server, whatever its tools are called, and counts.
//
//   node scenarios.mjs URL MODULES        MODULES: where the suite was installed with npm
//
// Left out are scenarios that call a tool, a resource or a prompt of a fixed name, and extensions the server does not have.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const LISTS = ['tools-list', 'resources-list', 'prompts-list'];
const SCENARIOS = {
  '2025-03-26': ['server-session-lifecycle'],
  '2025-06-18': ['server-initialize', 'ping', ...LISTS],
  '2025-11-25': [
    'server-initialize', 'ping', ...LISTS, 'dns-rebinding-protection', 'server-session-lifecycle',
    'server-sse-multiple-streams',
  ],
  '2026-07-28': [
    'server-stateless', ...LISTS, 'server-sse-multiple-streams', 'sep-2164-resource-not-found', 'caching',
    'dns-rebinding-protection', 'input-required-result-unsupported-methods', 'http-header-validation',
  ],
};

// Checks inside these scenarios that call a tool the suite expects of a test server.
const OF_A_TEST_SERVER = new Set([
  'sep-2575-server-rejects-undeclared-capability',
  'sep-2575-missing-capability-http-400',
  'sep-2575-http-server-no-independent-requests-on-stream',
  'sep-2575-server-no-log-without-loglevel',
  'sep-2575-server-sends-tools-list-changed-on-subscription',
  'sep-2575-server-sends-prompts-list-changed-on-subscription',
]);

const [url, modules] = process.argv.slice(2);
const suite = resolve(modules, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
const shim = join(dirname(fileURLToPath(import.meta.url)), 'old_node.mjs');
const node = Number(process.versions.node.split('.')[0]) < 22 ? ['--import', shim] : [];

// The checks of one scenario, and what the suite said.
async function run(version, scenario) {
  const results = mkdtempSync(join(tmpdir(), 'conformance-'));
  const asked = ['server', '--url', url, '--scenario', scenario, '--spec-version', version, '--force', '-o', results];
  const child = spawn(process.execPath, [...node, suite, ...asked], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  await new Promise((ended) => child.on('close', ended));
  const files = readdirSync(results, { recursive: true }).filter((file) => basename(file) === 'checks.json');
  const checks = files.flatMap((file) => JSON.parse(readFileSync(join(results, file), 'utf8')));
  rmSync(results, { recursive: true });
  return { checks: checks.filter((check) => !OF_A_TEST_SERVER.has(check.id)), said };
}

const waiting = Object.entries(SCENARIOS).flatMap(([version, names]) => names.map((name) => [version, name]));
let passed = 0;
let failed = 0;
async function work() {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { checks, said } = await run(...next);
    const good = checks.filter((check) => check.status === 'SUCCESS').length;
    // A warning is a SHOULD that is not met.
    const bad = checks.filter((check) => check.status === 'FAILURE' || check.status === 'WARNING');
    passed += good;
    failed += bad.length || (good ? 0 : 1);
    console.log(`${bad.length || !good ? 'FAIL' : 'ok  '} ${next.join(' ')}: ${good} passed`);
    for (const check of bad) console.log(`     ${check.id}: ${check.errorMessage ?? check.description}`);
    if (!good && !bad.length) console.log(said.trim().split('\n').slice(-5).join('\n'));
  }
}
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
console.log(`${passed} checks passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
