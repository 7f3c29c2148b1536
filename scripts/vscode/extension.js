// The VS Code extension: starts `impt lsp` for scripts and Squirrel, and `impt squirrel debug --dap` for its debugger.
import { DebugAdapterExecutable, commands, debug, window, workspace } from 'vscode'
import { LanguageClient, TransportKind } from 'vscode-languageclient/node'

let client

export async function activate(context) {
  context.subscriptions.push(
    debug.registerDebugAdapterDescriptorFactory('impt', {
      createDebugAdapterDescriptor: () =>
        new DebugAdapterExecutable(program(), ['squirrel', 'debug', '--dap']),
    }),
    debug.registerDebugConfigurationProvider('impt', { resolveDebugConfiguration: resolved }),
    commands.registerCommand('impt.restart', restart),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('impt')) void restart()
    }),
  )
  await start()
}

export async function deactivate() {
  await client?.stop()
}

async function start() {
  const run = { command: program(), args: ['lsp'], transport: TransportKind.stdio }
  client = new LanguageClient(
    'impt',
    'impt',
    { run, debug: run },
    {
      documentSelector: [
        { scheme: 'file', language: 'imptsh' },
        { scheme: 'file', language: 'squirrel' },
        { scheme: 'untitled', language: 'imptsh' },
        { scheme: 'untitled', language: 'squirrel' },
      ],
      initializationOptions: options(),
    },
  )
  try {
    await client.start()
  } catch (error) {
    client = undefined
    void window.showErrorMessage(`impt did not start (${error.message}). Set "impt.path" to the program.`)
  }
}

async function restart() {
  await client?.stop().catch(() => undefined)
  await start()
}

/** The program; never what a workspace says, which may come from anywhere. */
function program() {
  const { globalValue, defaultValue } = workspace.getConfiguration('impt').inspect('path') ?? {}
  return globalValue || defaultValue || 'impt'
}

/** The settings of the server that are set. */
function options() {
  const settings = workspace.getConfiguration('impt')
  return Object.fromEntries(
    ['libraries', 'define', 'side', 'type', 'roots'].flatMap((name) => {
      const value = settings.get(name)
      const isSet = value !== undefined && value !== null && value !== ''
      return isSet ? [[name, value]] : []
    }),
  )
}

/** F5 without a configuration debugs the program in the editor. */
function resolved(folder, configuration) {
  if (configuration.type) return configuration
  const { document } = window.activeTextEditor ?? {}
  if (document?.languageId !== 'squirrel') return undefined
  return { type: 'impt', request: 'launch', name: 'Squirrel', program: document.fileName, stopOnEntry: true }
}
