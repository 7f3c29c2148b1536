/** `/libraries`: Electric Imp's code libraries with their versions (impcentral-api.md 3.5, 9). */
import { Hono } from 'hono'
import { answer, queryOf, type Core, type Env } from '../core.ts'
import { pageOf } from '../pages.ts'

type Library = { name: string; versions: string[] }

const libraries: Library[] = [
  { name: 'Promise.lib.nut', versions: ['4.0.0', '3.0.1'] },
  { name: 'JSONEncoder.class.nut', versions: ['2.0.0', '1.0.0'] },
  { name: 'JSONParser.class.nut', versions: ['1.0.1', '1.0.0'] },
  { name: 'MessageManager.lib.nut', versions: ['2.4.0', '2.2.0'] },
  { name: 'Rocky.class.nut', versions: ['2.0.2', '1.3.0'] },
  { name: 'Button.class.nut', versions: ['1.2.0'] },
]

export function libraryRoutes(core: Core): Hono<Env> {
  const show = ({ name, versions }: Library) => ({
    type: 'library',
    id: name,
    links: { self: `${core.urls.api}/libraries/${name}` },
    attributes: { name, supported: true },
    relationships: {
      versions: versions.map((version) => ({ type: 'library_version', id: `${name}:${version}` })),
    },
  })
  return new Hono<Env>().get('/libraries', (c) =>
    answer(c, pageOf(libraries, queryOf(c), `${core.urls.api}/libraries`, core.switches.lastLink, show)),
  )
}
