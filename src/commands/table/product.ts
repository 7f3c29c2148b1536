import type { CommandRow, OptionRow } from '../row.ts'
import {
  account,
  common,
  confirmed,
  confirmNote,
  description,
  filterNote,
  force,
  full,
  name,
  ownerFilter,
  projectProduct,
} from './shared.ts'

const productName: OptionRow = {
  ...name,
  value: 'product_name',
  summary: 'Name; no other Product of the owner may have it.',
}

const productDescription: OptionRow = {
  ...description,
  value: 'product_description',
  summary: 'Description of the Product.',
}

/** The code of a command, loaded when it first runs. */
const code = (name: keyof typeof import('../product.ts').group) => async () =>
  (await import('../product.ts')).group[name]

export const productCommands: readonly CommandRow[] = [
  {
    group: 'product',
    name: 'create',
    summary: 'Creates a new Product.',
    description: ['Makes a new Product. Its owner must have no Product of that name yet.'],
    options: [
      { ...productName, required: true },
      productDescription,
      { ...account, summary: 'Account that owns the new Product. If absent, the account that is logged in.' },
      ...common,
    ],
    effect: 'write',
    result: 'record',
    entity: 'Product',
    json: 'created',
    run: code('create'),
  },
  {
    group: 'product',
    name: 'delete',
    summary: 'Deletes the specified Product.',
    description: [
      'Deletes a Product. One with Device Groups is refused, unless --force deletes them first.',
      confirmNote,
    ],
    options: [
      projectProduct,
      {
        name: 'builds',
        letter: 'b',
        kind: 'flag',
        summary:
          'Deletes all builds of the Product as well, those of Device Groups that are gone included. Flagged ones need --force.',
      },
      {
        ...force,
        summary: 'Deletes all Device Groups of the Product first, each as "impt dg delete --force" does.',
      },
      confirmed,
      ...common,
    ],
    effect: 'write',
    result: 'record',
    entity: 'Product',
    confirms: true,
    destructive: true,
    drops: ['product', 'dg', 'device', 'build'],
    run: code('delete'),
  },
  {
    group: 'product',
    name: 'info',
    summary: 'Displays information about the specified Product.',
    description: ['Shows one Product.'],
    options: [
      projectProduct,
      { ...full, summary: 'Shows its Device Groups with their devices as well.' },
      ...common,
    ],
    effect: 'read',
    result: 'record',
    entity: 'Product',
    run: code('info'),
  },
  {
    group: 'product',
    name: 'list',
    summary: 'Displays information about all or filtered Products.',
    description: ['Lists the Products that the account can see.', filterNote],
    options: [{ ...ownerFilter, summary: 'Products of these accounts.' }, ...common],
    effect: 'read',
    result: 'list',
    entity: 'Product',
    run: code('list'),
  },
  {
    group: 'product',
    name: 'update',
    summary: 'Updates the specified Product.',
    description: ['Changes the name or the description of a Product: whichever are given.'],
    options: [projectProduct, productName, productDescription, ...common],
    effect: 'write',
    result: 'record',
    entity: 'Product',
    run: code('update'),
  },
]
