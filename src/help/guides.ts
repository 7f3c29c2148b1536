// The room `help`: the guides that ship with the program.
// Enters: nothing.
// Leaves: texts in Markdown, whose examples the tests execute.
// Not known here: the program: the help of commands is made from their table.
/** The guides that ship with the program, by the words after `impt help`. Each is loaded when it is asked for. */
export const GUIDES: Readonly<
  Record<string, { readonly summary: string; readonly load: () => Promise<{ readonly default: string }> }>
> = {
  language: {
    summary: 'The .imptsh language, with a five-minute tour.',
    load: () => import('./language.md'),
  },
  prompt: { summary: 'The prompt: keys, tables, words of its own.', load: () => import('./prompt.md') },
  ci: {
    summary: 'Tests in pipelines: exit codes, reports, and files for four systems.',
    load: () => import('./ci.md'),
  },
  coverage: {
    summary: 'Which lines the tests reach: reports, minimum, what counts.',
    load: () => import('./coverage.md'),
  },
  debugger: {
    summary: 'Stops Squirrel at lines: in the terminal, in editors, on devices of the sandbox.',
    load: () => import('./debugger.md'),
  },
  builder: {
    summary: 'The Builder language: @include, @if, @set, macros, expressions.',
    load: () => import('./builder.md'),
  },
  libraries: {
    summary: 'Where #require finds libraries without the cloud.',
    load: () => import('./libraries.md'),
  },
  develop: { summary: 'From an empty folder to a released build.', load: () => import('./develop.md') },
  fleet: {
    summary: 'Accounts as folders: backup, plan, apply; batches of devices.',
    load: () => import('./fleet.md'),
  },
  seeing: {
    summary: 'Which devices are silent, and why.',
    load: () => import('./seeing.md'),
  },
  dashboard: {
    summary: 'A page in the browser that shows the fleet live.',
    load: () => import('./dashboard.md'),
  },
  releases: {
    summary: 'Builds that go out in waves, and back.',
    load: () => import('./releases.md'),
  },
  targets: {
    summary: 'Several accounts side by side, and production that asks twice.',
    load: () => import('./targets.md'),
  },
  scale: {
    summary: 'What 100 to 1,000,000 devices take, and what helps.',
    load: () => import('./scale.md'),
  },
  programs: {
    summary: 'JSON with a schema, for programs and assistants.',
    load: () => import('./programs.md'),
  },
  editors: {
    summary: 'Errors, completion and help in VS Code, Neovim and other editors.',
    load: () => import('./editors.md'),
  },
  sandbox: {
    summary: 'The built-in impCentral and its virtual devices.',
    load: () => import('./sandbox.md'),
  },
  differences: {
    summary: 'What differs from the previous generation of this tool.',
    load: () => import('./differences.md'),
  },
}
