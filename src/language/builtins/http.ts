import { element, duration, file, openText, record, text } from '../values/types.ts'
import { builtin, choice, fails, flag, option, word } from './builtin.ts'

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head'] as const

/** Other systems. */
export const HTTP = [
  builtin({
    name: 'http',
    usage: 'http get|post|put|patch|delete|head URL',
    summary:
      'Sends a request and gives {status, headers, body}; JSON is read. A status from 400 on is the error HTTP with status and body.',
    input: 'none',
    words: [choice('method', text, METHODS), word('url', openText)],
    options: [
      option('json', element, 'A value that is sent as JSON; secrets in it are sent as they are.'),
      option('form', record, 'Fields that are sent as a form.'),
      option('body', openText, 'A text that is sent.'),
      option('header', record, 'Headers; secrets may be in them.'),
      option('timeout', duration, 'Gives up after this time; 1m if absent, 1h with --output.'),
      option('allow', text, 'Statuses that are no error, such as 404,409.'),
      option('output', file, 'Writes the body to a file; it may be of any size.'),
      flag('force', 'Replaces a file that exists.'),
    ],
    examples: {
      'with dry-run { http post https://chat.example/hook --json {text: "3 devices are offline"} | get status }':
        'would send: POST https://chat.example/hook {"text":"3 devices are offline"}',
      'http get ftp://files.example': fails('BUG_ARGS'),
      'http get http://127.0.0.1:1/ --timeout 5s': fails('NETWORK'),
    },
    async run(_input, { method, url, ...given }, call) {
      const { send } = await import('./http-request.ts')
      return send(method.toUpperCase(), url, given, call)
    },
  }),
]
