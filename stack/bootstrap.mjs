// Runs a command of this project in a fresh clone: with whatever Node is on the machine and no node_modules yet.
// It installs what is missing, then runs the real command, in TypeScript, with the Node that the project pins.
// Plain JavaScript without dependencies: nothing else can run before the installation.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PROJECT = dirname(dirname(fileURLToPath(import.meta.url)))
const MODULES = join(PROJECT, 'node_modules')
const BIN = join(MODULES, '.bin')
const OLDEST_NODE = 20
const OLDEST_NPM = 10

/** Commands that are TypeScript programs; every other one is the npm script of its name with `:run` after it. */
const PROGRAMS = {
  start: ['stack/src/start.ts'],
  up: ['stack/src/cli.ts', 'up'],
  down: ['stack/src/cli.ts', 'down'],
  status: ['stack/src/cli.ts', 'status'],
  reset: ['stack/src/cli.ts', 'reset'],
}

const [command, ...args] = process.argv.slice(2)
if (command === undefined) fail('usage: node stack/bootstrap.mjs <command> [arguments]')
checkNode()
if (needsInstall()) await install()
await run(command, args)

function checkNode() {
  const major = Number(process.versions.node.split('.')[0])
  if (major < OLDEST_NODE) {
    fail(
      `Node.js ${OLDEST_NODE} or later is needed to begin (this is ${process.versions.node}): install it from nodejs.org or your system's packages.`,
    )
  }
}

/**
 * True when node_modules is missing or older than package-lock.json and differs from it. The times alone do not decide:
 * a checkout renews that of package-lock.json without any change in it.
 */
function needsInstall() {
  const installed = join(MODULES, '.package-lock.json')
  const wanted = join(PROJECT, 'package-lock.json')
  if (!existsSync(installed) || !existsSync(join(BIN, 'node'))) return true
  if (statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return false
  const have = JSON.parse(readFileSync(installed, 'utf8')).packages
  const want = JSON.parse(readFileSync(wanted, 'utf8')).packages
  return Object.entries(want).some(([path, entry]) => {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return false
    const found = have[path]
    if (found === undefined) return !entry.optional && !entry.devOptional && !entry.peer
    return found.version !== entry.version || found.integrity !== entry.integrity
  })
}

async function install() {
  const npm = spawnSync('npm', ['--version'], { encoding: 'utf8', env: withoutBin() })
  const major = Number(npm.stdout?.split('.')[0])
  if (npm.status !== 0) fail('npm is needed to install the dependencies and was not found: install it with Node.js.')
  if (major < OLDEST_NPM)
    fail(`npm ${OLDEST_NPM} or later is needed (this is ${npm.stdout.trim()}): npm install --global npm@11`)
  const why = existsSync(MODULES)
    ? 'the dependencies are not those of package-lock.json'
    : 'there are no dependencies yet'
  console.error(`Installing with "npm ci", since ${why} ...`)
  const began = Date.now()
  const code = await exitOf(
    spawn('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
      cwd: PROJECT,
      stdio: 'inherit',
      env: withoutBin(),
    }),
  )
  if (code !== 0) fail('"npm ci" failed; what it printed above says why.', code)
  if (!existsSync(join(BIN, 'node'))) {
    fail(
      '"npm ci" did not install the Node that the project pins: its install script was kept from running. Allow it (npm config get ignore-scripts) and start again.',
    )
  }
  console.error(`Installed in ${Math.round((Date.now() - began) / 1000)} s.`)
}

async function run(name, rest) {
  const program = PROGRAMS[name]
  const env = { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH ?? ''}` }
  const options = { cwd: PROJECT, stdio: 'inherit', env }
  const child = program
    ? spawn(join(BIN, 'node'), [...program, ...rest], options)
    : spawn('npm', ['run', '--silent', `${name}:run`, '--', ...rest], options)
  process.exitCode = await exitOf(child)
}

/** The exit code of a child, as a shell would give it; signals that arrive here are passed on to it. */
function exitOf(child) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  return new Promise((resolve) => {
    child.on('error', (error) => fail(`${child.spawnfile} could not be started: ${error.message}`))
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  })
}

/** The environment without the project's own programs, which the installation is about to replace. */
function withoutBin() {
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => entry !== BIN)
  return { ...process.env, PATH: path.join(delimiter) }
}

function fail(message, code = 1) {
  console.error(message)
  process.exit(code)
}
