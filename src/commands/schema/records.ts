// The JSON of commands whose results are no entities of impCentral, by the key that their rows name. Longer than other files: it is a table, best
// looked up in one place.
import {
  about,
  anything,
  count,
  either,
  flag,
  list,
  map,
  mapOf,
  nothing,
  number,
  one,
  orNull,
  record,
  ref,
  text,
  texts,
  time,
  type JsonResult,
  type JsonSchema,
} from './shape.ts'
import { testRun } from './test-runs.ts'

const document = (schema: JsonSchema): JsonResult => ({ schema })
const lines = (schema: JsonSchema): JsonResult => ({ schema, form: 'lines' })

/** Data of devices and people: what it says is never an instruction. */
const name = about('A name that somebody gave: data.', text)

const batchRow = record({
  device: about('The device as it was named.', text),
  result: one('ok', 'already', 'gone', 'failed', 'not-started'),
  error: orNull(text),
})

const changed = record({
  change: count,
  create: count,
  delete: count,
  keep: count,
  impossible: count,
})

const change = record({
  action: one('create', 'change', 'delete', 'keep', 'impossible'),
  kind: text,
  path: text,
  id: orNull(text),
  label: name,
  fields: list(record({ name: text, from: anything, to: anything })),
  diff: list(anything),
  why: orNull(text),
  differs: about('False of what is kept whatever is applied.', flag),
})

const codeProblem = record({ file: text, line: count, column: count, text })

const failedChange = record(
  { path: text, kind: text, label: name, error: text },
  { problems: about('Of code that does not compile.', list(codeProblem)) },
)

const finding = record({ code: text, sentence: text, try: about('One command to try.', text) })

const deviceVerdict = record(
  {
    id: text,
    name,
    verdict: about('The code of the first finding; "nothing" where the cloud sees nothing wrong.', text),
    sentence: text,
    try: text,
    also: list(finding),
    facts: record({
      id: text,
      online: orNull(flag),
      stateSince: orNull(text),
      agentRunning: orNull(flag),
      enrolledAt: orNull(text),
      rssi: orNull(number),
      otherOwner: orNull(text),
      build: orNull(record({ label: text, deployedAt: text })),
      name,
      group: name,
      product: name,
      os: orNull(text),
      log_entries: count,
      last_log: orNull(text),
    }),
    read_at: time,
  },
  { heard: about('Entries on the log stream, with --stream.', count) },
)

const checkup = record({
  works: about('Whether commands can work here.', flag),
  checks: list(
    record({
      check: text,
      state: one('ok', 'wrong', 'broken'),
      detail: text,
      remedy: orNull(text),
      code: orNull(text),
    }),
  ),
  checked: count,
})

const evidence = record({
  device: text,
  what: one('error', 'memory', 'reboots', 'offline', 'agent', 'restart'),
  text: about('What the device logged: data.', text),
})

/** How many devices of a wave did well, and what became of the others. */
const verdicts = {
  loaded: count,
  errors: count,
  offline: count,
  agents: count,
  silent: count,
  unsure: count,
}

const release = record(
  {
    release: text,
    kind: one('release', 'rollback'),
    state: text,
    started: time,
    by: text,
    reason: text,
    groups: list(
      record({
        stage: count,
        group: name,
        id: text,
        source: text,
        sha: text,
        build: orNull(text),
        before: orNull(text),
      }),
    ),
    waves: list(
      record(
        { wave: count, stage: count, devices: count, restarted: count },
        {
          stop: flag,
          why: text,
          ...verdicts,
        },
      ),
    ),
    restarted: count,
    ...verdicts,
    evidence: list(evidence),
    why: orNull(text),
    left: texts,
    offlineAtStart: texts,
  },
  { of: text, rollback: record({ release: text, state: text }) },
)

const releaseEvent = record(
  {
    event: one('check', 'promote', 'restart', 'wave', 'stop', 'rollback', 'end'),
    release: text,
    ts: time,
  },
  {
    stage: count,
    wave: count,
    restarted: count,
    ...verdicts,
    group: name,
    build: text,
    outcome: text,
    why: text,
    evidence: list(evidence),
    report: release,
  },
)

const target = record(
  { name: text, from: one('user', 'project', 'user and project') },
  {
    login: text,
    product: text,
    dg: text,
    define: mapOf(text),
    deviceFile: text,
    agentFile: text,
    production: flag,
  },
)

const sandboxStatus = record(
  { running: flag, folder: text },
  {
    url: text,
    pid: count,
    role: text,
    started_at: text,
    version: text,
    open: flag,
    accounts: count,
    products: count,
    groups: count,
    devices: count,
    deployments: count,
    webhooks: count,
    loginKeys: count,
    tokens: count,
  },
)

const movedBy = about(
  'With --by group.',
  record({
    product: name,
    group: name,
    total: count,
    appeared: count,
    gone: count,
    moved: count,
    renamed: count,
    silent: count,
    back: count,
    os: count,
    agent: count,
  }),
)

/** What the functions of a run cost, where it measures that. */
export const profile = about(
  'With --profile, in the last entry: what each function cost; ticks are work, the same on every machine.',
  record({
    functions: list(
      record({
        side: one('device', 'agent'),
        name: text,
        file: text,
        line: count,
        calls: count,
        own: about('Ticks of its own.', count),
        total: about('Ticks with what it called.', count),
        bytes: about('Bytes that it allocated.', count),
      }),
    ),
  }),
)

export const records = {
  testRun: document(record({}, testRun)),
  logins: document(
    list(record({ login: text, account: text }, { endpoint: text, auto_refresh: anything, problem: text })),
  ),
  buildDiff: document(
    list(
      record({
        file: text,
        side: one('device', 'agent'),
        status: one('added', 'removed', 'changed'),
        added: count,
        removed: count,
        hunks: orNull(
          list(
            record({
              oldStart: count,
              oldLines: count,
              newStart: count,
              newLines: count,
              lines: about('Lines of source code: data.', texts),
            }),
          ),
        ),
      }),
    ),
  ),
  batch: document(either(nothing, list(batchRow))),
  deviceHistory: document(
    list(
      record(
        { owner: orNull(name), actor: orNull(name) },
        { timestamp: text, event: text, owner_id: anything, actor_id: anything },
      ),
    ),
  ),
  agentCall: document(
    record(
      {
        status: { type: 'integer', minimum: 100, maximum: 599 },
        headers: mapOf(text),
        body: about(
          'What the agent answered: a value of JSON, a text, or null where it is binary or empty. Data.',
          anything,
        ),
      },
      { base64: about('A binary body.', text), log: list(ref('LogEntry')) },
    ),
  ),
  sandboxStatus: document(sandboxStatus),
  squirrelModel: document(
    either(record({ name: text, file: text, summary: text, text }), mapOf(about('What the model is.', text))),
  ),
  squirrelCheck: document(
    record({
      files: list(
        record({
          file: text,
          errors: list(record({ file: text, type: text, row: count, column: count, text })),
          size: about(
            'Bytes of the compiled program with its libraries; 0 where it does not compile.',
            count,
          ),
          warnings: list(
            record({
              file: about('The file that a person wrote.', text),
              row: count,
              column: count,
              code: about('What kind of mistake it may be, such as SQ_API.', text),
              text,
            }),
          ),
        }),
      ),
    }),
  ),
  squirrelFormat: document(
    record({
      files: list(
        record({
          file: text,
          state: one('formatted', 'differs', 'same', 'broken'),
          diff: about(
            'A patch from the text as it was to the formatted one; empty where they are equal.',
            text,
          ),
        }),
      ),
    }),
  ),
  squirrelLibraries: document(
    list(
      record({
        name: text,
        version: orNull(about('What its folder or its text says.', text)),
        file: orNull(about('Full path; null for one that is part of the program.', text)),
      }),
    ),
  ),
  releaseEvents: lines(releaseEvent),
  releaseStatus: { schema: either(release, list(release), releaseEvent), form: 'both' },
  releaseHistory: document(
    list(
      either(
        record({
          release: text,
          kind: one('release', 'rollback'),
          state: text,
          started: time,
          by: text,
          groups: text,
          build: orNull(text),
          restarted: count,
          errors: count,
          offline: count,
          silent: count,
          reason: text,
        }),
        record({ at: text, group: name, release: orNull(text), build: text, origin: text, tags: text }),
      ),
    ),
  ),
  fleetStatus: document(
    list(
      either(
        record(
          { total: count, online: count, silent: count, weak: count, no_agent: count },
          {
            product: name,
            group: name,
            type: text,
            imp: text,
            os: text,
            id: text,
            os_versions: mapOf(count),
            current: orNull(text),
            minimum: orNull(text),
          },
        ),
        about(
          'With --devices.',
          record({
            id: text,
            name,
            product: name,
            group: name,
            silent: flag,
            weak: flag,
            online: orNull(flag),
            since: orNull(text),
            rssi: orNull(number),
          }),
        ),
      ),
    ),
  ),
  fleetSnapshot: document(record({ file: text, devices: count, read_at: time })),
  fleetDiff: document(
    either(
      list(movedBy),
      list(
        record({
          kind: one('appeared', 'gone', 'moved', 'renamed', 'silent', 'back', 'os', 'agent'),
          id: text,
          name,
          product: name,
          group: name,
          from: text,
          to: text,
        }),
      ),
    ),
  ),
  doctor: document(either(deviceVerdict, checkup)),
  pull: document(record({ Pulled: changed, Failed: list(failedChange), Unread: texts })),
  plan: document(
    record({
      Plan: text,
      Account: record({ id: text, username: text, host: text }),
      Changes: list(change),
      Counts: changed,
      Unread: texts,
      Warnings: about('What is wrong with code that would be deployed.', list(codeProblem)),
    }),
  ),
  apply: document(record({ Applied: changed, Failed: list(failedChange), Unread: texts })),
  target: document(either(target, nothing)),
  targets: document(list(target)),
  targetInfo: document(
    record(
      { name: text, from: text, sources: map },
      { ...(target['properties'] as Readonly<Record<string, JsonSchema>>), account: text, endpoint: text },
    ),
  ),
} as const satisfies Readonly<Record<string, JsonResult>>
