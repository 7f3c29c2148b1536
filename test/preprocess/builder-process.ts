import { type BuilderSettings, runBuilder } from './builder.ts'

// Runs npm Builder on the sources given as JSON in the first argument and prints the outcomes as JSON.
const { sources, settings } = JSON.parse(process.argv[2] ?? '') as {
  sources: string[]
  settings: BuilderSettings
}
process.stdout.write(
  JSON.stringify(sources.map((source) => runBuilder(source, 'main', '/nowhere', {}, settings))),
)
