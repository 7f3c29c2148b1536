import { openEntityCache } from '../../src/entities/cache.ts'
import { complete } from '../../src/completion/complete.ts'
import { reduce, type Surroundings } from '../../src/repl/editor/reduce.ts'
import { EMPTY, type EditorState } from '../../src/repl/editor/state.ts'
import { hintFor, suggestionFor } from '../../src/repl/hints.ts'
import { paint } from '../../src/repl/paint.ts'
import { drawing, NOTHING, type Drawn } from '../../src/repl/screen/draw.ts'
import { layout } from '../../src/repl/screen/layout.ts'
import { createParser } from '../../src/repl/syntax.ts'
import { REPL_WORDS } from '../../src/repl/words/index.ts'

/** What one measure gives, in milliseconds. */
export interface Figures {
  readonly median: number
  readonly p95: number
  readonly max: number
}

const HISTORY = Array.from({ length: 10_000 }, (_, index) => ({
  text: `device info --device lab-${index}`,
  at: index,
}))

/** The time from a key to the bytes for the screen, typed at the end of a text. */
export function measureKey(text: string, keys = 300): Figures {
  const parser = createParser()
  const around: Surroundings = {
    history: HISTORY.map((entry) => entry.text),
    tokens: (shown) => parser(shown).tokens,
    isComplete: (shown) => parser(shown).open.length === 0,
    suggestion: (state) => suggestionFor(state.text, HISTORY, ''),
  }
  let state: EditorState = { ...EMPTY, text, cursor: text.length }
  let drawn: Drawn = NOTHING
  const times: number[] = []
  for (let key = 0; key < keys; key++) {
    const begin = performance.now()
    state = reduce(
      state,
      key % 2 === 0 ? { kind: 'text', text: 'x' } : { kind: 'chord', chord: 'backspace' },
      around,
    ).state
    const parsed = parser(state.text)
    const frame = {
      prompt: [{ text: 'impt demo ~ › ', style: 'plain' as const }],
      continuation: () => '  … ',
      paint: paint(state.text, parsed, state.cursor, { isVariable: () => true, isFunction: () => false }),
      suggestion: around.suggestion(state),
      hint: hintFor(state, parser, false),
      columns: 100,
      rows: 40,
      colour: true,
    }
    const picture = layout(state, frame)
    drawing(drawn, picture)
    drawn = { ...picture, columns: 100 }
    times.push(performance.now() - begin)
  }
  return figuresOf(times.slice(keys / 10))
}

/** A command line of about 200 characters. */
export const LONG_LINE = `device list --owner me --product "Thermostat" --dg "Thermostat Development" --dg-type development --online | where device_online and name =~ "^lab-" | sort-by name --desc | select id name device_grou`

/** A block of 200 rows. */
export const LONG_BUFFER = `if true {\n${Array.from({ length: 198 }, (_, row) => `  device info --device "lab-${row}" | get name`).join('\n')}\n}`

/** The time of one completion of device names over so many cached devices; the cache changes before each, as it does when names arrive. */
export function measureCompletion(devices = 10_000, rounds = 40): Figures {
  const cache = openEntityCache(undefined)
  const resource = (index: number) => ({
    id: index.toString(16).padStart(16, '2'),
    type: 'device',
    attributes: {
      name: `lab-${index}`,
      mac_address: `0c:2a:69:${index}`,
      agent_id: `agent${index}`,
      device_online: index % 2 === 0,
    },
    relationships: {},
  })
  cache.remember(
    'device',
    Array.from({ length: devices }, (_, index) => resource(index)),
  )
  const known = {
    cache,
    parse: createParser(),
    functions: [],
    namesHere: () => [],
    words: REPL_WORDS,
    signatureOf: () => undefined,
    variables: { names: () => [], get: () => undefined, environment: [] },
    directory: '/',
    home: '/',
    jobs: [],
  }
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    cache.remember('device', [resource(round)])
    const text = `device info --device ${['', 'lab-1', 'l9', '99'][round % 4]}`
    const begin = performance.now()
    const { items } = complete(text, text.length, known)
    times.push(performance.now() - begin)
    if (items.length === 0) throw new Error('nothing was found')
  }
  return figuresOf(times.slice(4))
}

/** Makes figures of times. */
export function figuresOf(times: readonly number[]): Figures {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
  return { median: at(0.5), p95: at(0.95), max: at(1) }
}
