import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import xterm from '@xterm/headless'
import { loadWidths } from '../../src/repl/editor/graphemes.ts'
import { EMPTY } from '../../src/repl/editor/state.ts'
import { drawing, erasing, NOTHING, rewrapped, type Drawn } from '../../src/repl/screen/draw.ts'
import { layout, type Frame, type Picture } from '../../src/repl/screen/layout.ts'
import { fc } from '../properties.ts'

await loadWidths()

const FRAME: Frame = {
  prompt: [{ text: '> ', style: 'plain' }],
  continuation: () => '. ',
  paint: [],
  suggestion: '',
  hint: [],
  columns: 20,
  rows: 10,
  colour: false,
}

const picture = (text: string, cursor = text.length, frame: Partial<Frame> = {}): Picture =>
  layout({ ...EMPTY, text, cursor }, { ...FRAME, ...frame })

/** What a terminal shows after these bytes. */
function after(
  bytes: string,
  { columns = 20, rows = 10 } = {},
): Promise<{ rows: string[]; cursor: { row: number; column: number } }> {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
  return new Promise((resolve) =>
    terminal.write(bytes, () => {
      const { active } = terminal.buffer
      const shown = Array.from(
        { length: rows },
        (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
      )
      resolve({ rows: shown, cursor: { row: active.cursorY, column: active.cursorX } })
    }),
  )
}

describe('layout', () => {
  test('puts the prompt first and the continuation before other rows', () => {
    assert.deepEqual(picture('a\nb'), { rows: ['> a', '. b'], cursor: { row: 1, column: 3 } })
  })

  test('wraps at the width, and the cursor goes to the row where the next character will be', () => {
    assert.deepEqual(picture('x'.repeat(18)), {
      rows: [`> ${'x'.repeat(18)}`, ''],
      cursor: { row: 1, column: 0 },
    })
    assert.deepEqual(picture('x'.repeat(19)), {
      rows: [`> ${'x'.repeat(18)}`, 'x'],
      cursor: { row: 1, column: 1 },
    })
  })

  test('counts wide characters as two columns and never splits them', () => {
    assert.deepEqual(picture(`${'x'.repeat(17)}日`), {
      rows: [`> ${'x'.repeat(17)}`, '日'],
      cursor: { row: 1, column: 2 },
    })
    assert.equal(picture('e\u0301').cursor.column, 3)
  })

  test('shows control characters escaped', () => {
    assert.equal(picture('a\x1b[31mb').rows[0], '> a\\e[31mb')
  })

  test('shows the rows around the cursor where there are more than the screen has', () => {
    const text = Array.from({ length: 5000 }, (_, row) => `row ${row}`).join('\n')
    const { rows, cursor } = picture(text, text.indexOf('row 2500'), { rows: 10 })
    assert.equal(rows.length, 10)
    assert.match(rows[cursor.row] ?? '', /row 2500/)
  })

  test('shows suggestion, hint and menu below the text, never more rows than the screen', () => {
    const menu = {
      items: Array.from({ length: 50 }, (_, index) => ({
        insert: `i${index}`,
        label: `item ${index}`,
        detail: 'more',
      })),
      selected: 20,
      start: 0,
      end: 0,
      note: 'updating…',
    }
    const { rows } = layout(
      { ...EMPTY, text: 'a', cursor: 1, menu },
      { ...FRAME, columns: 60, rows: 6, suggestion: 'bc', hint: [{ text: 'help', style: 'dim' }] },
    )
    assert.ok(rows.length <= 6)
    assert.deepEqual(rows.slice(0, 2), ['> abc', 'help'])
    assert.match(rows.join('\n'), />.*item 20/)
  })
})

describe('drawing', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b ', '日', 'e\u0301', '\n', 'long words here ', '👍', '\t'), {
      maxLength: 40,
    })
    .map((parts) => parts.join(''))

  test('from any picture to any other gives exactly the other one', () =>
    fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 5 }), async (texts) => {
        let drawn: Drawn = { ...NOTHING, columns: 20 }
        let bytes = 'output before\r\n'
        let last = picture('')
        for (const one of texts) {
          last = picture(one.replaceAll('\t', ' '), undefined, { rows: 8 })
          bytes += drawing(drawn, last)
          drawn = { ...last, columns: 20 }
        }
        const [seen, wanted] = await Promise.all([
          after(bytes),
          after(`output before\r\n${last.rows.join('\r\n')}`),
        ])
        assert.deepEqual(seen.rows, wanted.rows)
        const top = wanted.cursor.row - (last.rows.length - 1)
        assert.deepEqual(seen.cursor, { row: top + last.cursor.row, column: last.cursor.column })
      }),
      { numRuns: 150 },
    ))

  test('erasing takes away what was drawn and nothing else', async () => {
    const shown = picture('one\ntwo\nthree', 5)
    const { rows, cursor } = await after(
      `before\r\n${drawing({ ...NOTHING, columns: 20 }, shown)}${erasing({ ...shown, columns: 20 })}`,
    )
    assert.deepEqual(rows.slice(0, 3), ['before', '', ''])
    assert.deepEqual(cursor, { row: 1, column: 0 })
  })

  test('a narrower terminal wraps what was drawn: the cursor is found again', () => {
    const shown = { ...picture(`${'x'.repeat(15)}\nab`), columns: 20 }
    assert.deepEqual(rewrapped(shown, 10).cursor, { row: 2, column: 4 })
    assert.deepEqual(rewrapped(shown, 40).cursor, shown.cursor)
  })
})
