import { h } from './dom.ts'

/** A command to copy. */
export function commandLine(text: string): HTMLElement {
  const button = h('button', { type: 'button', class: 'copy', 'aria-label': `Copy: ${text}` }, 'Copy')
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(text).then(
      () => (button.textContent = 'Copied'),
      () => (button.textContent = 'Not copied'),
    )
    setTimeout(() => (button.textContent = 'Copy'), 2000)
  })
  return h('div', { class: 'command' }, h('code', {}, ...words(text)), button)
}

/** The words of a command, none of which is broken at a hyphen. */
function words(text: string): readonly (HTMLElement | string)[] {
  return text.split(' ').flatMap((word, i) => [...(i === 0 ? [] : [' ']), h('span', {}, word)])
}

/** What stands where there is nothing to see: what is so, why, and what to do. */
export function notice(title: string, text: string, ...more: readonly HTMLElement[]): HTMLElement {
  return h('div', { class: 'notice' }, h('p', { class: 'notice-title' }, title), h('p', {}, text), ...more)
}

/** How states of releases and test runs are coloured; any other one is under way. */
const MARKS: Readonly<Record<string, string>> = {
  done: 'good',
  passed: 'good',
  aborted: 'bad',
  'rolled-back': 'bad',
  failed: 'bad',
  paused: 'warn',
  interrupted: 'warn',
  stopped: 'warn',
  'no verdict': 'warn',
}

/** A state in a word. */
export function mark(state: string): HTMLElement {
  return h('span', { class: `mark is-${MARKS[state] ?? 'busy'}` }, state)
}
