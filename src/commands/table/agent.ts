import type { CommandRow } from '../row.ts'
import { common, device, jsonOf } from './shared.ts'

/** The code of a command, loaded when it first runs. */
const code = (name: keyof typeof import('../agent.ts').group) => async () =>
  (await import('../agent.ts')).group[name]

export const agentCommands: readonly CommandRow[] = [
  {
    group: 'agent',
    name: 'call',
    own: true,
    summary: 'Calls the agent of the specified device.',
    description: [
      'Sends a request to the URL of a device\'s agent and shows the status, the headers and the body of the answer; JSON is laid out. The method is GET, or POST where something is sent; the path begins with "/". Redirects are shown and not followed.',
      'A status from 400 on is an error after it has been shown. Cookies are hidden in what people read, and values of secret headers wherever the agent echoes them, in JSON too (those of 4 characters and more). A dry run shows the call and does not make it; --output debug shows the request.',
    ],
    words: [
      { name: 'METHOD', optional: true },
      { name: 'PATH', optional: true },
    ],
    options: [
      { ...device, required: true },
      {
        name: 'json',
        kind: 'text',
        value: 'JSON',
        json: true,
        own: true,
        summary: 'Sends this JSON text; in a script also a record or a list.',
      },
      { name: 'body', kind: 'text', value: 'TEXT', own: true, summary: 'Sends this text.' },
      {
        name: 'form',
        kind: 'text',
        value: 'NAME=VALUE',
        list: true,
        own: true,
        summary: 'Sends this field of a form.',
      },
      {
        name: 'header',
        kind: 'text',
        value: 'NAME:VALUE',
        list: true,
        secret: true,
        header: true,
        own: true,
        summary:
          'Sends this header. Its value is never shown, except that of such as Accept and Content-Type.',
      },
      {
        name: 'timeout',
        kind: 'text',
        value: 'TIME',
        default: '60s',
        own: true,
        summary: 'Gives up when the whole answer is not there by then, such as 5s or 2m.',
      },
      {
        name: 'log',
        kind: 'text',
        value: 'TIME',
        own: true,
        summary: 'Shows what the agent and the device logged from the call until this time after the answer.',
      },
      ...common,
    ],
    effect: 'write',
    result: 'record',
    json: jsonOf('agentCall'),
    run: code('call'),
  },
]
