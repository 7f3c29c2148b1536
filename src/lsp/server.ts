// The room `lsp`: the language server for scripts and Squirrel.
// Enters: messages of an editor, and the texts that it has open. What it names is untrusted: nothing runs, and no network is asked.
// Leaves: what is wrong in a text, and what an editor may show at a place in it.
// Not known here: sessions and accounts. The parser, the checker and the tables are those of the rooms that own them.
import type { Readable, Writable } from 'node:stream'
import {
  createMessageConnection,
  ErrorCodes,
  type MessageConnection,
  ResponseError,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node'
import {
  CodeActionKind,
  LSPErrorCodes,
  type InitializeParams,
  type InitializeResult,
  MessageType,
  TextDocumentSyncKind,
} from 'vscode-languageserver-protocol'
import { startAnalyser } from './analyser.ts'
import { createDiagnosing } from './diagnostics.ts'
import { createDocuments } from './documents.ts'
import { whenAborted } from '../program/aborted.ts'
import { FramedReader } from './framing.ts'
import { scriptFeatures, type Surroundings } from './imptsh/features.ts'
import { answerRequests } from './requests.ts'
import { LEGEND } from './semantic-tokens.ts'
import { settingsOf } from './settings.ts'
import { squirrelFeatures } from './squirrel/features.ts'

/** What the server speaks through and knows about the process. */
interface ServerHost {
  readonly input: Readable
  readonly output: Writable
  /** Ends the server, as SIGTERM does. */
  readonly signal: AbortSignal
  readonly version: string
  readonly directory: string
  readonly surroundings: Surroundings
  /** Hears one line about what went wrong. */
  readonly log: (line: string) => void
  /** Hears why the server ends where nobody speaks the protocol with it, in one line. */
  readonly complain: (line: string) => void
}

/** How often the client's process is looked for, in milliseconds. */
const LOOK = 3000

/**
 * Serves one client (workbench 7.1) until it says `exit`, goes away, or sends what is no message. Gives the exit code: 0 for an `exit` after
 * `shutdown`, else 1. Throws what the signal was aborted with. Reads files, writes none, starts no program, opens no socket.
 */
export async function serveLanguages(host: ServerHost): Promise<number> {
  const writer = new StreamMessageWriter(host.output)
  const garbage = { code: ErrorCodes.ParseError, message: 'The message is no JSON.' }
  const reader = new FramedReader(
    host.input,
    () => void writer.write({ jsonrpc: '2.0', id: null, error: garbage } as never),
  )
  const logger = { error: host.log, warn: host.log, info: () => undefined, log: () => undefined }
  // What the client takes back before its turn is not worked out: somebody types faster than that.
  const connection = createMessageConnection(reader, writer, logger, {
    connectionStrategy: {
      cancelUndispatched: () => ({
        jsonrpc: '2.0',
        id: null,
        error: { code: LSPErrorCodes.RequestCancelled, message: 'The request was taken back.' },
      }),
    },
  })
  const closers: (() => void)[] = []
  let deafen = (): void => undefined
  const code = await new Promise<number>((end) => {
    let isShutDown = false
    deafen = whenAborted(host.signal, () => end(1))
    reader.onError((error) => {
      host.log(error.message)
      host.complain(error.message)
      end(1)
    })
    writer.onError(() => end(1))
    reader.onClose(() => end(1))
    connection.onRequest('shutdown', () => {
      isShutDown = true
      return null
    })
    connection.onNotification('exit', () => end(isShutDown ? 0 : 1))
    connection.onRequest('initialize', (params: InitializeParams) => {
      if (closers.length > 0)
        throw new ResponseError(ErrorCodes.InvalidRequest, 'The server is initialized already.')
      closers.push(watchProcess(params?.processId, () => end(1)))
      return initialize(connection, host, params ?? {}, closers)
    })
    connection.onRequest((method) => {
      if (closers.length === 0)
        throw new ResponseError(ErrorCodes.ServerNotInitialized, 'Send "initialize" first.')
      throw new ResponseError(ErrorCodes.MethodNotFound, `impt lsp has no "${method}".`)
    })
    connection.onNotification(() => undefined)
    connection.listen()
  })
  deafen()
  for (const close of closers) close()
  connection.dispose()
  host.signal.throwIfAborted()
  return code
}

function initialize(
  connection: MessageConnection,
  host: ServerHost,
  params: Partial<InitializeParams>,
  closers: (() => void)[],
): InitializeResult {
  const { settings, warnings, changeFolders } = settingsOf(params, host.directory)
  // A client that has gone is told by the writer.
  const notify = (method: string, about: object) =>
    void connection.sendNotification(method, about).catch(() => undefined)
  const documents = createDocuments()
  const analyser = startAnalyser()
  const diagnosing = createDiagnosing(documents, analyser, settings, (uri, diagnostics, version) => {
    notify('textDocument/publishDiagnostics', {
      uri,
      diagnostics,
      ...(version === undefined ? {} : { version }),
    })
  })
  closers.push(diagnosing.close, analyser.close)

  const languages = {
    squirrel: squirrelFeatures(documents, settings),
    imptsh: scriptFeatures(documents, settings, host.surroundings),
  }
  // Files beside the texts may have changed.
  const refresh = () => {
    for (const features of Object.values(languages)) features.refresh()
    diagnosing.refresh()
  }

  connection.onNotification('initialized', () => {
    if (params.capabilities?.workspace?.didChangeWatchedFiles?.dynamicRegistration === true)
      connection.sendRequest('client/registerCapability', { registrations: [WATCHED] }).catch(() => undefined)
    for (const warning of warnings)
      notify('window/showMessage', { type: MessageType.Warning, message: `impt: ${warning}` })
  })
  connection.onNotification(
    'textDocument/didOpen',
    ({ textDocument: { uri, languageId, version, text } }) => {
      documents.open(String(uri), String(languageId), Number(version), String(text))
      diagnosing.changed(String(uri))
    },
  )
  connection.onNotification(
    'textDocument/didChange',
    ({ textDocument: { uri, version }, contentChanges }) => {
      if (documents.change(uri, version, contentChanges) !== undefined) diagnosing.changed(uri)
    },
  )
  connection.onNotification('textDocument/didClose', ({ textDocument: { uri } }) => {
    documents.close(uri)
    diagnosing.closed(uri)
  })
  connection.onNotification('textDocument/didSave', refresh)
  connection.onNotification('workspace/didChangeWatchedFiles', refresh)
  connection.onNotification('workspace/didChangeWorkspaceFolders', ({ event }) => {
    changeFolders(event?.added, event?.removed)
    refresh()
  })
  answerRequests(connection, documents, languages, diagnosing.published)

  return {
    serverInfo: { name: 'impt', version: host.version },
    capabilities: {
      positionEncoding: 'utf-16',
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
      completionProvider: { triggerCharacters: ['.', '$', '-', '"', ':', '@'], resolveProvider: true },
      signatureHelpProvider: { triggerCharacters: ['(', ','], retriggerCharacters: [')'] },
      hoverProvider: true,
      definitionProvider: true,
      referencesProvider: true,
      documentHighlightProvider: true,
      renameProvider: { prepareProvider: true },
      documentSymbolProvider: true,
      foldingRangeProvider: true,
      documentFormattingProvider: true,
      documentRangeFormattingProvider: true,
      workspaceSymbolProvider: true,
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      semanticTokensProvider: { legend: LEGEND, full: true, range: true },
    },
  }
}

/** The files of the disk that the client is asked to watch. */
const WATCHED = {
  id: 'files',
  method: 'workspace/didChangeWatchedFiles',
  registerOptions: {
    watchers: [{ globPattern: '**/*.{nut,imptsh}' }, { globPattern: '**/.impt.{project,test}' }],
  },
}

/** Looks whether the process of the client is there. */
function watchProcess(id: unknown, gone: () => void): () => void {
  if (typeof id !== 'number' || !Number.isInteger(id) || id <= 0) return () => undefined
  const timer = setInterval(() => {
    try {
      process.kill(id, 0)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') gone()
    }
  }, LOOK)
  timer.unref()
  return () => clearInterval(timer)
}
