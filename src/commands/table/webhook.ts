import type { CommandRow, OptionRow } from '../row.ts'
import {
  common,
  confirmed,
  confirmNote,
  dgFilter,
  dgTypeFilter,
  filterNote,
  ownerFilter,
  productFilter,
  projectDg,
  webhook,
  webhookEvents,
} from './shared.ts'

const url: OptionRow = {
  name: 'url',
  letter: 'u',
  kind: 'text',
  value: 'target_url',
  summary: 'URL that is called.',
}

const event: OptionRow = {
  name: 'event',
  letter: 'e',
  kind: 'text',
  value: 'triggered_event',
  choices: webhookEvents,
  summary: 'Event that triggers the call.',
}

const mime: OptionRow = {
  name: 'mime',
  letter: 'm',
  kind: 'text',
  value: 'content_type',
  choices: ['json', 'urlencoded'],
  summary: 'Form in which the data of the event are sent.',
}

/** The code of a command, loaded when it first runs. */
const code = (name: keyof typeof import('../webhook.ts').group) => async () =>
  (await import('../webhook.ts')).group[name]

export const webhookCommands: readonly CommandRow[] = [
  {
    group: 'webhook',
    name: 'create',
    summary: 'Creates a new webhook for the specified Device Group.',
    description: [
      'Makes a webhook: a URL that the cloud calls when something happens to the devices of a Device Group.',
    ],
    options: [
      projectDg,
      { ...url, required: true },
      { ...event, required: true },
      { ...mime, required: true },
      ...common,
    ],
    effect: 'write',
    result: 'record',
    entity: 'Webhook',
    json: 'created',
    run: code('create'),
  },
  {
    group: 'webhook',
    name: 'delete',
    summary: 'Deletes the specified webhook.',
    description: ['Deletes a webhook.', confirmNote],
    options: [webhook, confirmed, ...common],
    effect: 'write',
    result: 'record',
    entity: 'Webhook',
    confirms: true,
    destructive: true,
    drops: ['webhook'],
    run: code('delete'),
  },
  {
    group: 'webhook',
    name: 'info',
    summary: 'Displays information about the specified webhook.',
    description: ['Shows one webhook.'],
    options: [webhook, ...common],
    effect: 'read',
    result: 'record',
    entity: 'Webhook',
    run: code('info'),
  },
  {
    group: 'webhook',
    name: 'list',
    summary: 'Displays information about all or filtered webhooks.',
    description: ['Lists the webhooks that the account can see.', filterNote],
    options: [
      { ...ownerFilter, summary: 'Webhooks of these accounts.' },
      { ...productFilter, summary: 'Webhooks for Device Groups of these Products.' },
      { ...dgFilter, summary: 'Webhooks for these Device Groups.' },
      { ...dgTypeFilter, summary: 'Webhooks for Device Groups of these types.' },
      { ...url, list: true, filter: true, summary: 'Webhooks that call this URL.' },
      { ...event, list: true, filter: true, summary: 'Webhooks for this event.' },
      ...common,
    ],
    effect: 'read',
    result: 'list',
    entity: 'Webhook',
    run: code('list'),
  },
  {
    group: 'webhook',
    name: 'update',
    summary: 'Updates the specified webhook.',
    description: ['Changes the URL or the form of the data of a webhook: whichever are given.'],
    options: [webhook, url, mime, ...common],
    effect: 'write',
    result: 'record',
    entity: 'Webhook',
    run: code('update'),
  },
]
