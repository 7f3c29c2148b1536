/** `/products` (impcentral-api.md 3.2, 9). */
import { Hono } from 'hono'
import { demand, roleIn, seen } from '../access.ts'
import { given, readIdentifier, readNullable, readResource, readText, refuseOthers } from '../body.ts'
import { answer, created, noContent, queryOf, type Core, type Env, type RouteContext } from '../core.ts'
import { invalid, notFound } from '../errors.ts'
import type { Product } from '../model.ts'
import { pageOf, readFilters, select } from '../pages.ts'
import { uuid } from '../random.ts'
import { productResource } from '../resources.ts'
import { checkProductDeletion, checkUnique } from '../rules.ts'

export function productRoutes(core: Core): Hono<Env> {
  const { store } = core
  const show = (row: Product) => productResource(core.urls, row)
  const find = (c: RouteContext): Product => {
    const id = c.req.param('id') ?? ''
    return seen(store, c.get('account'), 'Product', id, store.products.get(id), () => 'product.view')
  }

  return new Hono<Env>()
    .get('/products', (c) => {
      const query = queryOf(c)
      const filters = readFilters(query, ['owner.id'])
      const chosen = filters['owner.id'] === undefined ? [] : [{ index: 'owner', key: filters['owner.id'] }]
      const rows = select(store, 'products', store.products, c.get('account'), chosen, () => 'product.view')
      return answer(c, pageOf(rows, query, `${core.urls.api}/products`, core.switches.lastLink, show))
    })
    .post('/products', async (c) => {
      const me = c.get('account')
      const { attributes, relationships } = await readResource(c, ['product'])
      const name = readText(attributes, 'name', 1, 80)
      if (name === undefined) throw invalid('Invalid Attribute', 'name is required.')
      const description = readNullable(attributes, 'description', 255) ?? null
      let owner = me.id
      if (relationships['owner'] !== undefined) {
        const { id } = readIdentifier(relationships['owner'], 'owner')
        owner = id === 'me' ? me.id : id
        if (!roleIn(store, me, owner)) throw notFound('Account', owner)
      }
      demand(store, me, owner, 'product.manage')
      checkUnique('Product', store.products.find(`${owner} ${name}`))
      const now = core.now()
      const stamps = { owner, creator: me.id, created: now, updated: now }
      const id = uuid(core.random)
      return created(
        c,
        show(store.products.insert({ id, seq: store.nextSeq(), name, description, ...stamps })),
      )
    })
    .get('/products/:id', (c) => answer(c, { data: show(find(c)) }))
    .patch('/products/:id', async (c) => {
      const product = find(c)
      demand(store, c.get('account'), product.owner, 'product.manage')
      const body = await readResource(c, ['product'], product.id)
      refuseOthers(body, ['name', 'description'])
      const { attributes } = body
      const name = readText(attributes, 'name', 1, 80)
      const description = readNullable(attributes, 'description', 255)
      if (name !== undefined) checkUnique('Product', store.products.find(`${product.owner} ${name}`), product)
      store.products.update(product, { ...given({ name, description }), updated: core.now() })
      return answer(c, { data: show(product) })
    })
    .delete('/products/:id', (c) => {
      const product = find(c)
      demand(store, c.get('account'), product.owner, 'product.manage')
      checkProductDeletion(store.groups.where('product', product.id))
      store.products.remove(product)
      return noContent(c)
    })
}
