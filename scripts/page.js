// The page of the dashboard: one script and one style, made of their sources and put into the program as text, so that the executable of
// one file holds them too.
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'

/** Answers an import of `src/dashboard/page/index.html` with `html`, `script` and `style`. */
export const page = {
  name: 'page',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]dashboard[\\/]page[\\/]index\.html$/ }, async ({ path }) => {
      const folder = dirname(path)
      const [html, script, style] = await Promise.all([
        readFile(path, 'utf8'),
        bundled(join(folder, 'main.ts')),
        bundled(join(folder, 'style.css')),
      ])
      const named = Object.entries({ html, script, style })
      return {
        contents: named.map(([name, text]) => `export const ${name} = ${JSON.stringify(text)}`).join('\n'),
        loader: 'js',
      }
    })
  },
}

async function bundled(file) {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: ['chrome109', 'firefox115', 'safari16.4'],
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  })
  return outputFiles[0].text
}
