import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { bundle, type BundleSettings } from '../../src/testing/bundle.ts'
import { findFramework } from '../../src/testing/framework.ts'
import { locate } from '../../src/preprocess/lines.ts'
import { parseSelection } from '../../src/testing/selection.ts'

async function settings(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  changes: Partial<BundleSettings> = {},
): Promise<BundleSettings> {
  const directory = await mkdtemp(join(tmpdir(), 'impt-bundle-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
  return {
    directory,
    sources: {},
    framework: { kind: 'own', text: '// framework' },
    selection: parseSelection(),
    timeout: 30,
    stopOnFail: false,
    preprocessing: { directory, env: {}, lineControl: 'exact', markerRoot: directory },
    ...changes,
  }
}

test('the tested side has framework, source, test file in a function, and the bootstrap, in this order', async (t) => {
  const made = await settings(
    t,
    {
      'lib.nut': 'server.log("lib")',
      'a.agent.test.nut': 'class A {}',
      'a.device.nut': 'server.log("partner")',
    },
    { sources: { agent: 'lib.nut' }, selection: parseSelection(':A::testB'), stopOnFail: true },
  )
  const { agent, device } = await bundle(
    { path: 'a.agent.test.nut', side: 'agent', partner: 'a.device.nut' },
    'calm-otter',
    made,
  )
  assert.equal(
    agent.code,
    `#line 1 "impUnit/index.nut"
// framework
#line 1 "lib.nut"
server.log("lib")
#line 2 "main"
function __module_tests(ImpTestCase) {
#line 1 "a.agent.test.nut"
class A {}
#line 4 "main"
}
#line 1 "__tests_bootstrap__"
function __module_tests_bootstrap(ImpUnitRunner) {
  imp.wakeup(2, function() {
    local runner = ImpUnitRunner();
    runner.readableOutput = false;
    runner.session = "calm-otter";
    runner.timeout = 30;
    runner.stopOnFailure = true;
    runner.testClass = "A";
    runner.testCase = "testB";
    runner.run();
  });
}
__module_tests(__module_impUnit_exports.ImpTestCase);
__module_tests_bootstrap(__module_impUnit_exports.ImpUnitRunner);
`,
  )
  assert.match(
    device.code,
    /^#line 1 "[^"]*main"\n\/\* no device source \*\/\n#line 1 "[^"]*a\.device\.nut"\nserver\.log\("partner"\)\n\/\/ force code update\n"[0-9a-f]{32}"\n$/,
  )
})

test('every row of a bundle is mapped to the line that a person wrote', async (t) => {
  const made = await settings(t, { 'a.test.nut': '@if true\nclass A {\n}\n@endif\nlocal x = 1' })
  const { device } = await bundle({ path: 'a.test.nut', side: 'device' }, 's', made)
  const rows = device.code.split('\n')
  const placeOf = (text: string) => locate(device.lines, rows.indexOf(text) + 1)
  assert.deepEqual(placeOf('class A {'), { file: `${made.directory}/a.test.nut`, line: 2 })
  assert.deepEqual(placeOf('local x = 1'), { file: `${made.directory}/a.test.nut`, line: 5 })
  assert.deepEqual(placeOf('// framework'), { file: 'impUnit/index.nut', line: 1 })
  assert.deepEqual(placeOf('  imp.wakeup(2, function() {'), { file: '__tests_bootstrap__', line: 2 })
})

test('two bundles of the same files differ on the device side, so that it loads both', async (t) => {
  const made = await settings(t, { 'a.test.nut': '' })
  const [one, two] = [
    await bundle({ path: 'a.test.nut', side: 'device' }, 's', made),
    await bundle({ path: 'a.test.nut', side: 'device' }, 's', made),
  ]
  assert.notEqual(one.device.code, two.device.code)
  assert.equal(one.agent.code, two.agent.code)
})

test('what a selection says is never run by the preprocessor, and is text in the code', async (t) => {
  const made = await settings(t, { 'a.test.nut': '' }, { selection: parseSelection(':@{1+1}"; evil();::x') })
  const { device } = await bundle({ path: 'a.test.nut', side: 'device' }, 's', made)
  assert.match(device.code, /runner\.testClass = "@\{1\+1\}\\"; evil\(\);";/)
})

test('an include that is missing is an error with its place', async (t) => {
  const made = await settings(t, { 'a.test.nut': 'local a\n@include "nope.nut"' })
  await assert.rejects(bundle({ path: 'a.test.nut', side: 'device' }, 's', made), {
    name: 'ImptError',
    code: 'FILE',
    message: /"nope\.nut" not found \(.*a\.test\.nut:2\)$/,
  })
})

test('IMPT_IMPUNIT points at another copy of the framework, by folder or file', async (t) => {
  const made = await settings(t, { 'index.nut': '// another one', 'a.test.nut': '' })
  for (const name of ['.', 'index.nut']) {
    const framework = await findFramework({ IMPT_IMPUNIT: name }, made.directory)
    const { device } = await bundle({ path: 'a.test.nut', side: 'device' }, 's', { ...made, framework })
    assert.match(device.code, /^#line 1 "[^"]*index\.nut"\n\/\/ another one\n/)
  }
  await assert.rejects(findFramework({ IMPT_IMPUNIT: 'nowhere' }, made.directory), {
    code: 'FILE',
    message: 'The test framework "nowhere" is not found.',
  })
  assert.equal((await findFramework({}, made.directory)).kind, 'own')
})
