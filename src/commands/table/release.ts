import type { OnStop } from '../../fleet/release/types.ts'
import type { CommandRow, OptionRow, WordRow } from '../row.ts'
import { build, common, confirmed, confirmedAnyway, confirmNote, dg, jsonOf, wide } from './shared.ts'

const row = { group: 'release', own: true } as const
const id = { name: 'ID' } as const satisfies WordRow
const optionalId = { ...id, optional: true } as const satisfies WordRow

const waves: OptionRow = {
  name: 'waves',
  kind: 'text',
  value: 'SHARES',
  default: '1,5%,25%,100%',
  summary:
    'Devices that are restarted at the end of each wave, with those before it. Below 100% the rest is not restarted.',
}

const watch: OptionRow = {
  name: 'watch',
  kind: 'text',
  value: 'TIME',
  default: '10m',
  summary:
    'How long each wave is watched, such as 90s, 10m or 1h. The cloud notices a lost device after up to ten minutes.',
}

const reason: OptionRow = {
  name: 'reason',
  letter: 'r',
  kind: 'text',
  value: 'TEXT',
  summary: 'Why, kept in the origin of the build. If absent, it is asked for.',
}

const forceAgents: OptionRow = {
  name: 'force-agents',
  kind: 'flag',
  summary:
    'After the last wave moves the minimum supported deployment, so that agents of offline devices take the code too. It never moves back.',
}

/** The code of a command, loaded when it first runs. */
const code = (name: keyof typeof import('../release/group.ts').group) => async () =>
  (await import('../release/group.ts')).group[name]

export const releaseCommands: readonly CommandRow[] = [
  {
    ...row,
    name: 'start',
    summary: 'Gives a build to Device Groups and restarts their devices in waves.',
    description: [
      'Copies the build into each group, restarts a few devices, watches them, judges, and goes on with the next wave or stops. A device that reconnects by itself takes the new build at once: only restarts come in waves. See "impt help releases".',
      'Exit code 0: every wave went well; 7: it was stopped, paused or aborted.',
      confirmNote,
    ],
    options: [
      {
        ...build,
        required: true,
        summary:
          'Build: its id, SHA, tag or origin, or dg:NAME for the current one of a Device Group. Several of the same code count as one.',
      },
      {
        ...dg,
        required: true,
        list: true,
        summary: 'Device Group that gets the build; all of these together are the last stage.',
      },
      {
        name: 'canary',
        kind: 'text',
        value: 'DEVICE_GROUP_IDENTIFIER',
        identifies: 'dg',
        list: true,
        summary:
          'Device Group that gets the build before, restarted and watched as a whole; each is a stage of its own.',
      },
      waves,
      watch,
      {
        name: 'stop-on',
        kind: 'text',
        value: 'RULES',
        default: 'errors>2%,offline>5%,agents>2%',
        summary:
          'What stops it: errors, offline, agents or silent, more than a share or a number of devices; "none" for nothing.',
      },
      {
        name: 'stop-min',
        kind: 'integer',
        value: 'N',
        default: 5,
        summary: 'Shares need so many observed devices; in a smaller wave any failure stops.',
      },
      {
        name: 'on-stop',
        kind: 'text',
        value: 'ACTION',
        choices: ['pause', 'abort', 'rollback'] satisfies readonly OnStop[],
        default: 'pause',
        summary: 'What a stop does. A pause asks on a terminal, else ends with exit code 7.',
      },
      {
        name: 'allow-unsure',
        kind: 'flag',
        summary:
          'Goes on when fewer than 80 % of the logs of a sample could be read, or of the restarts of a wave were accepted, or no device shows that it loaded the build.',
      },
      reason,
      {
        name: 'hard',
        kind: 'flag',
        summary: 'Restarts at once, instead of when the code of the devices allows it.',
      },
      forceAgents,
      { name: 'rate', kind: 'integer', value: 'N', default: 20, summary: 'Restarts a second.' },
      {
        name: 'sample',
        kind: 'integer',
        value: 'N',
        default: 200,
        summary: 'Devices of a wave whose stored logs are read.',
      },
      {
        name: 'stream',
        kind: 'boolean',
        default: true,
        summary:
          "Whether the account's log stream is on some devices of the wave; the stored logs are the measure anyway.",
      },
      { name: 'tag', letter: 't', kind: 'text', value: 'TAG', list: true, summary: 'Tag of the copies.' },
      {
        name: 'take-over',
        kind: 'flag',
        summary: 'Starts although a build of a group says that a release of another machine is at work.',
      },
      {
        name: 'detach',
        kind: 'flag',
        summary:
          'Leaves the release to a process of its own once everything is asked, and ends. See "impt release status --follow".',
      },
      confirmed,
      ...common,
    ],
    effect: 'write',
    retypesGroups: true,
    result: 'stream',
    json: jsonOf('releaseEvents'),
    confirms: true,
    drops: ['dg', 'build', 'device'],
    run: code('start'),
  },
  {
    ...row,
    name: 'status',
    summary: 'Shows a release of this machine, the newest one if none is named.',
    description: [
      'Shows where a release is, and what can be done next, by its journal on this machine; asks the cloud nothing.',
      'With --follow exit code 0: every wave went well; 7: it was stopped, paused or aborted.',
    ],
    words: [optionalId],
    options: [
      { name: 'all', letter: 'a', kind: 'flag', summary: 'Shows all releases of this machine.' },
      { name: 'follow', letter: 'f', kind: 'flag', summary: 'Shows what happens until the release rests.' },
      wide,
      ...common,
    ],
    effect: 'read',
    result: 'record',
    json: jsonOf('releaseStatus'),
    run: code('status'),
  },
  {
    ...row,
    name: 'pause',
    summary: 'Pauses a release.',
    description: [
      'Obeyed within a second by the process that works on it. Devices that are restarted already go on.',
    ],
    words: [id],
    options: [confirmedAnyway, ...common],
    effect: 'local',
    result: 'null',
    run: code('pause'),
  },
  {
    ...row,
    name: 'resume',
    summary: 'Goes on with a release that is paused, stopped or interrupted.',
    description: [
      'Tells the process that works on it to go on. If there is none, works on it here: after a stop with the next wave, after a break where the journal ends.',
      'Where production or factory groups are in it, the name of one is typed again, or given with --retype.',
      'Exit code 0: every wave went well; 7: it was stopped, paused or aborted.',
    ],
    words: [id],
    options: [...common],
    effect: 'write',
    retypesGroups: true,
    result: 'stream',
    json: jsonOf('releaseEvents'),
    drops: ['dg', 'build', 'device'],
    run: code('resume'),
  },
  {
    ...row,
    name: 'abort',
    summary: 'Ends a release for good.',
    description: [
      'The groups keep the build and devices what they run. Works in every state, also without network.',
    ],
    words: [id],
    options: [...common],
    effect: 'write',
    halts: true,
    result: 'null',
    run: code('abort'),
  },
  {
    ...row,
    name: 'rollback',
    summary: 'Puts the last good build back.',
    description: [
      'The build that was current before the release, else the newest older flagged build of other code, is copied into the group and its devices are restarted at once. What cannot go back is said before.',
      'Without an ID it is about the newest release. What was rolled back already is refused, unless --to names a build.',
      confirmNote,
    ],
    words: [optionalId],
    options: [
      { ...dg, list: true, summary: 'Device Group, in the place of the groups of a release.' },
      {
        name: 'to',
        kind: 'text',
        value: 'BUILD_IDENTIFIER',
        identifies: 'build',
        summary: 'Build that is put back, instead of the last good one.',
      },
      {
        name: 'conditional',
        letter: 'c',
        kind: 'flag',
        summary: 'Asks devices to restart when their code allows it; bad code may never.',
      },
      forceAgents,
      { ...waves, default: '100%' },
      { ...watch, default: '5m' },
      { ...reason, summary: 'Why, kept in the origin of the build.' },
      confirmed,
      ...common,
    ],
    effect: 'write',
    retypesGroups: true,
    result: 'stream',
    json: jsonOf('releaseEvents'),
    confirms: true,
    drops: ['dg', 'build', 'device'],
    run: code('rollback'),
  },
  {
    ...row,
    name: 'history',
    summary: 'Lists the releases of this machine, newest first.',
    description: [
      'With --dg lists what the builds of a Device Group record, whichever machine released them.',
    ],
    options: [{ ...dg, list: true, summary: 'Device Group whose builds are asked.' }, wide, ...common],
    effect: 'read',
    result: 'list',
    json: jsonOf('releaseHistory'),
    run: code('history'),
  },
]
