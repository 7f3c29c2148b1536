// The VS Code extension as a .vsix: a zip of its manifest, its bundle, and the grammars. Needs no network.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './ready.js'

const own = join(root, 'scripts/vscode')

/** What is inside the .vsix, by path. `dist` must be built: the grammar of scripts is made from the language. */
export async function extensionFiles() {
  const esbuild = await import('esbuild')
  const bundle = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['scripts/vscode/extension.js'],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode'],
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  })
  const manifest = extensionManifest()
  const files = {
    'extension/package.json': JSON.stringify(manifest, null, 2),
    'extension/extension.js': bundle.outputFiles[0].text,
    'extension/README.md': readFileSync(join(root, 'src/help/editors.md'), 'utf8'),
    'extension/LICENSE.txt': readFileSync(join(root, 'LICENSE'), 'utf8'),
    'extension/imptsh.tmLanguage.json': readFileSync(join(root, 'dist/imptsh.tmLanguage.json'), 'utf8'),
  }
  for (const name of ['squirrel.tmLanguage.json', 'language-configuration.json', 'imptsh-configuration.json'])
    files[`extension/${name}`] = readFileSync(join(own, name), 'utf8')
  return { '[Content_Types].xml': CONTENT_TYPES, 'extension.vsixmanifest': vsixManifest(manifest), ...files }
}

/** The .vsix as bytes, the same for the same sources. */
export async function makeExtension() {
  const { strToU8, zipSync } = await import('fflate')
  const files = Object.entries(await extensionFiles()).map(([path, text]) => [path, strToU8(text)])
  return zipSync(Object.fromEntries(files), { level: 9, mtime: new Date('2020-01-01T00:00:00') })
}

/** The manifest of the extension (`package.json` of VS Code). */
export function extensionManifest() {
  const { version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return {
    name: 'impt',
    displayName: 'impt: Electric Imp Squirrel and scripts',
    description: 'Errors, completion, help and a debugger for Electric Imp Squirrel and .imptsh scripts.',
    version,
    publisher: 'impt',
    license,
    engines: { vscode: '^1.91.0' },
    categories: ['Programming Languages', 'Debuggers', 'Formatters'],
    main: './extension.js',
    activationEvents: ['onDebugResolve:impt'],
    // The server reads files and runs nothing; which program it is, a workspace cannot say.
    capabilities: {
      untrustedWorkspaces: {
        supported: 'limited',
        description: 'Debugging needs trust.',
        restrictedConfigurations: ['impt.path'],
      },
    },
    contributes: {
      languages: [
        {
          id: 'imptsh',
          aliases: ['impt script', 'imptsh'],
          extensions: ['.imptsh'],
          firstLine: '^#!.*\\bimpt\\b',
          configuration: './imptsh-configuration.json',
        },
        {
          id: 'squirrel',
          aliases: ['Squirrel', 'squirrel'],
          extensions: ['.nut'],
          configuration: './language-configuration.json',
        },
      ],
      grammars: [
        { language: 'imptsh', scopeName: 'source.imptsh', path: './imptsh.tmLanguage.json' },
        { language: 'squirrel', scopeName: 'source.squirrel', path: './squirrel.tmLanguage.json' },
      ],
      commands: [{ command: 'impt.restart', title: 'Restart the language server', category: 'impt' }],
      configuration: { title: 'impt', properties: settings },
      breakpoints: [{ language: 'squirrel' }],
      debuggers: [
        {
          type: 'impt',
          label: 'Squirrel on a virtual imp',
          languages: ['squirrel'],
          configurationAttributes: {
            launch: { required: ['program'], properties: launch },
            attach: { required: ['device'], properties: attach },
          },
          initialConfigurations: [{ type: 'impt', request: 'launch', name: 'Squirrel', program: '${file}' }],
        },
      ],
    },
  }
}

const text = (description, more = {}) => ({ type: 'string', description, ...more })
const texts = (description) => ({ type: 'array', items: { type: 'string' }, description })
const record = (description) => ({ type: 'object', description })

const settings = {
  'impt.path': text('The program impt.', { default: 'impt', scope: 'machine' }),
  'impt.libraries': { ...texts('Folders in which #require finds libraries.'), default: [] },
  'impt.roots': { ...texts('More folders from which files may be read.'), default: [] },
  'impt.define': { ...record('Variables of the preprocessor.'), default: {} },
  'impt.side': text('The side of files of which nothing else tells it.', {
    enum: ['', 'device', 'agent'],
    default: '',
  }),
  'impt.type': text('The type of the imp, such as imp006.', { default: '' }),
}

const launch = {
  program: text('The Squirrel file that runs.', { default: '${file}' }),
  side: text('The side of the program.', { enum: ['device', 'agent'] }),
  deviceFile: text('Device code beside an agent program.'),
  agentFile: text('Agent code beside a device program.'),
  impType: text('The type of the imp.'),
  script: text('A device script that plays pins and buses.'),
  libraries: texts('Folders of libraries for #require.'),
  vars: record('Variables of __VARS.'),
  preprocess: { type: 'boolean', description: 'The program is in the Builder language.' },
  define: record('Variables of the preprocessor.'),
  seed: { type: 'number', description: 'Decides all random numbers.' },
  start: text('Virtual time at the beginning (ISO 8601).'),
  time: text('How virtual time goes.', { enum: ['fast', 'real'] }),
  maxTicks: { type: 'number', description: 'What a callback may take at most.' },
  stopOnEntry: { type: 'boolean', description: 'Stops at the first statement.' },
  cwd: text('The folder from which relative names count.', { default: '${workspaceFolder}' }),
}

const attach = {
  device: text('The device of the sandbox.'),
  pathMap: record('Files of the sandbox by files here.'),
}

const CONTENT_TYPES = `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension=".json" ContentType="application/json"/><Default Extension=".js" ContentType="application/javascript"/><Default Extension=".md" ContentType="text/markdown"/><Default Extension=".txt" ContentType="text/plain"/><Default Extension=".vsixmanifest" ContentType="text/xml"/></Types>
`

function vsixManifest({ name, publisher, version, displayName, description, categories, engines }) {
  const asset = (type, path) => `<Asset Type="${type}" Path="${path}" Addressable="true"/>`
  return `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011" xmlns:d="http://schemas.microsoft.com/developer/vsx-schema-design/2011">
  <Metadata>
    <Identity Language="en-US" Id="${name}" Version="${version}" Publisher="${publisher}"/>
    <DisplayName>${displayName}</DisplayName>
    <Description xml:space="preserve">${description}</Description>
    <Tags>squirrel,imptsh,__ext_nut,__ext_imptsh</Tags>
    <Categories>${categories.join(',')}</Categories>
    <GalleryFlags>Public</GalleryFlags>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value="${engines.vscode}"/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionDependencies" Value=""/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionPack" Value=""/>
    </Properties>
    <License>extension/LICENSE.txt</License>
  </Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
  <Dependencies/>
  <Assets>
    ${asset('Microsoft.VisualStudio.Code.Manifest', 'extension/package.json')}
    ${asset('Microsoft.VisualStudio.Services.Content.Details', 'extension/README.md')}
    ${asset('Microsoft.VisualStudio.Services.Content.License', 'extension/LICENSE.txt')}
  </Assets>
</PackageManifest>
`
}

// `node scripts/vscode.js FILE.vsix` makes the extension alone.
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync(process.argv[2] ?? 'impt.vsix', await makeExtension())
