import { basename } from 'node:path'

/** The side that the name of a file tells, as those of tests do; undefined for one that names neither or both. */
export function sideOfName(path: string): 'device' | 'agent' | undefined {
  const words = basename(path)
    .toLowerCase()
    .split(/[^a-z]+/)
  const isAgent = words.includes('agent')
  const isDevice = words.includes('device')
  return isAgent === isDevice ? undefined : isAgent ? 'agent' : 'device'
}
