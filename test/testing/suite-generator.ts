import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** How large a suite is. */
interface SuiteSize {
  readonly files: number
  /** Tests in each file; each has three assertions. */
  readonly tests: number
}

/** Writes impUnit tests and a `.impt.test` for them, so that `impt test run` runs there. Half of the files test agent code. */
export async function writeImpSuite(
  directory: string,
  deviceGroupId: string,
  { files, tests }: SuiteSize,
): Promise<void> {
  await mkdir(join(directory, 'tests'), { recursive: true })
  const config = {
    deviceGroupId,
    timeout: 30,
    stopOnFail: false,
    allowDisconnect: false,
    testFiles: ['tests/*.test.nut'],
  }
  await writeFile(join(directory, '.impt.test'), JSON.stringify(config))
  for (const file of numbers(files)) {
    const methods = numbers(tests).map(
      (number) => `  function test${number}() {
    assertEqual(${number + file}, ${number} + ${file});
    assertTrue(${number} < ${number + 1});
    assertDeepEqual({"a": [${number}, ${file}]}, {"a": [${number}, ${file}]});
  }`,
    )
    const side = file % 2 === 0 ? 'agent' : 'device'
    await writeFile(
      join(directory, 'tests', `suite${file}.${side}.test.nut`),
      `class Suite${file} extends ImpTestCase {\n${methods.join('\n')}\n}\n`,
    )
  }
}

/** Writes the same tests for node:test; gives the names of the files. */
export async function writeNodeSuite(
  directory: string,
  { files, tests }: SuiteSize,
): Promise<readonly string[]> {
  await mkdir(directory, { recursive: true })
  const names: string[] = []
  for (const file of numbers(files)) {
    const bodies = numbers(tests).map(
      (number) => `test('test${number}', () => {
  assert.equal(${number} + ${file}, ${number + file})
  assert.ok(${number} < ${number + 1})
  assert.deepEqual({ a: [${number}, ${file}] }, { a: [${number}, ${file}] })
})`,
    )
    const name = join(directory, `suite${file}.test.mjs`)
    await writeFile(
      name,
      `import assert from 'node:assert/strict'\nimport { test } from 'node:test'\n${bodies.join('\n')}\n`,
    )
    names.push(name)
  }
  return names
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index)
}
