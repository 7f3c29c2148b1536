import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cannotOpen } from '../../src/commands/sandbox/folder.ts'

test('a sandbox that cannot be opened is not to be reset where the disk or its permissions are the reason', () => {
  const hint = (code: string) =>
    cannotOpen('/data/box', Object.assign(new Error(`${code}: x`), { code }), 'start over').hint
  assert.match(hint('ENOSPC') ?? '', /^Free some space on the disk; the previous content is kept$/)
  assert.match(hint('EACCES') ?? '', /^Check the permissions/)
  assert.match(hint('EROFS') ?? '', /^The file system is read-only$/)
  assert.equal(hint('EWEIRD'), 'start over')
})
