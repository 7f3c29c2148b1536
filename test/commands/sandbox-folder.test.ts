import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileError } from '../../src/session/file-error.ts'
import { cannotOpen } from '../../src/commands/sandbox/folder.ts'

test('a sandbox that cannot be opened is not to be reset where the disk or its permissions are the reason', () => {
  const hint = (code: string) =>
    cannotOpen('/data/box', Object.assign(new Error(`${code}: x`), { code }), 'start over').hint
  assert.match(hint('ENOSPC') ?? '', /^Free some space on the disk; the previous content is kept$/)
  assert.match(hint('EACCES') ?? '', /^Check the permissions/)
  assert.match(hint('EROFS') ?? '', /^The file system is read-only$/)
  assert.equal(hint('EWEIRD'), 'start over')
})

test('every error that a file operation may end with says what to do', () => {
  const codes =
    'ENOENT EACCES EPERM EROFS ENOSPC EDQUOT EEXIST ENOTDIR EISDIR EMFILE ENFILE ENAMETOOLONG ELOOP EFBIG EBUSY ETXTBSY EIO ESTALE ENXIO ENODEV'
  for (const code of codes.split(' ')) {
    const { message, hint = '' } = fileError(
      'a/b',
      Object.assign(new Error(`${code}: what it is, open 'a/b'`), { code, path: 'a/b' }),
    )
    assert.match(
      message,
      code === 'ENOENT' ? /: file is not found\.$/ : /: what it is\.$|: \w+: what it is\.$/,
    )
    assert.match(hint, /\w \w/, code)
  }
})
