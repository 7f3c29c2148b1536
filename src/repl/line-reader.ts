import type { Editor, EditorLook } from '../commands/context.ts'
import type { OpenTerminal } from '../output/terminal.ts'
import { createLineEditor, type Look } from './line-editor.ts'

/** Reads inputs that are none of the prompt's language with its editor, while `use` runs; the terminal is as before afterwards. */
export async function withLineReader<T>(
  { keyboard, stdout, colour }: Pick<OpenTerminal, 'keyboard' | 'stdout' | 'colour'>,
  look: EditorLook,
  use: (editor: Editor) => Promise<T>,
): Promise<T> {
  const full: Look = {
    prepared: Promise.resolve(),
    surroundings: {
      get history() {
        return look.history()
      },
      tokens: wordsOf,
      isComplete: look.isComplete,
      suggestion: () => '',
    },
    frame: ({ text }, _idle, { columns, rows }) => ({
      prompt: [{ text: look.prompt(), style: 'account' }],
      continuation: () => '  … ',
      paint: look.paint(text),
      suggestion: '',
      hint: [],
      columns,
      rows,
      colour,
    }),
    complete({ text, cursor }, ask) {
      const nothing = { items: [], start: cursor, end: cursor }
      if (!ask) return { now: nothing }
      const later = look.complete(text, cursor).then(
        ({ items, start, end }) => ({
          start,
          end,
          items: items.map((item) => ({ ...item, label: item.insert, open: true })),
        }),
        () => nothing,
      )
      return { now: nothing, later }
    },
  }
  const editor = createLineEditor({ keyboard, output: stdout }, full, {
    stopped() {
      editor.terminal.write('^C\n')
      look.interrupted()
    },
    interrupted: () => editor.above(`${look.leaving ?? 'Ctrl-D or :quit to leave'}\n`),
    leaves: () => true,
    help: () => undefined,
    refresh: () => undefined,
    edit: () => Promise.resolve(undefined),
  })
  try {
    return await use({
      print: editor.above,
      async read(draft) {
        const reading = await editor.read(draft)
        return reading.kind === 'input' ? reading.text : null
      },
    })
  } finally {
    editor.close()
  }
}

/** The words of a text, which Ctrl-W and the arrows step over. */
function wordsOf(text: string) {
  return [...text.matchAll(/\w+|[^\w\s]+/g)].map((match) => ({
    kind: 'word' as const,
    start: match.index,
    end: match.index + match[0].length,
  }))
}
