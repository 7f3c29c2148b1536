import { posix } from 'node:path'
import { inParallel } from '../../impcentral/parallel.ts'
import { conflictIn } from '../../fleet/folder/conflict.ts'
import { checkProgram } from '../../squirrel/check.ts'
import type { Plan } from '../../fleet/make-plan.ts'
import type { Op } from '../../fleet/plan/change.ts'

/** Something in the code of a folder that its deployment would be refused for; line and column from 1. */
export interface CodeWarning {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly text: string
}

/**
 * What is wrong with the code that a plan deploys: it does not compile here, or it has conflict markers of Git. Nothing is refused for it: the
 * compiler of the cloud has the last word. Places are in the files of the folder, or where `#line` says.
 */
export async function codeWarnings({ folder, changes }: Plan): Promise<readonly CodeWarning[]> {
  const made = changes.flatMap(({ op }) => (op?.do === 'create build' ? [op] : []))
  const groups = new Map(
    folder.tree.products.flatMap((one) => one.groups.map((group) => [group.path, group])),
  )
  const found: CodeWarning[] = []
  await inParallel(made, async (op) => {
    const texts = await folder.texts(op.build.code.digest)
    const vars = Object.fromEntries(
      Object.entries(groups.get(op.group)?.env ?? {}).map(([name, { value }]) => [name, value ?? '']),
    )
    for (const side of ['device', 'agent'] as const) {
      const file = posix.join(placeOf(op), `${side}.nut`)
      const conflict = conflictIn(texts[side])
      if (conflict !== undefined) {
        found.push({ file, ...conflict })
        continue
      }
      const [error] = checkProgram(texts[side], file, { vars })
      if (error !== undefined)
        found.push({
          file: error.file,
          line: error.row,
          column: error.column,
          text: `it does not compile: ${error.text}`,
        })
    }
  })
  return found.toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line))
}

function placeOf({ group, build }: Extract<Op, { readonly do: 'create build' }>): string {
  return build.current ? group : posix.join(group, 'builds', build.code.digest.slice(0, 12))
}
