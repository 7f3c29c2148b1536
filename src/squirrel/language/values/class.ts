import { raise } from '../run/errors.ts'
import { compileIsolated } from '../run/isolate.ts'
import { SqTable, mapKey } from './table.ts'
import { T, allocate } from '../run/state.ts'
import {
  BYTES,
  SqCallable,
  type SqCode,
  SqFloat,
  SqFunction,
  type SqValue,
  objectId,
  stored,
} from './values.ts'

/** Names of the methods that change how operators treat an object. */
const METAMETHODS: ReadonlySet<SqValue> = new Set(
  '_add _sub _mul _div _unm _modulo _set _get _typeof _nexti _cmp _call _cloned _newslot _delslot _tostring _newmember _inherited'.split(
    ' ',
  ),
)

/**
 * An instance. Its fields are own properties named `$` + name and the shared members of its class are properties `m$` + name of its
 * prototype, so that V8's inline caches serve Squirrel's; no other property, JavaScript's own included, starts with one of the two.
 */
export class SqInstance {
  /** On the prototype, as everything but the fields is: instances are as small as objects of JavaScript. */
  declare readonly cls: SqClass
  declare id: number
  /** State of a native object; never reachable from Squirrel. */
  declare native: unknown
}

Object.assign(SqInstance.prototype, { id: 0, native: null })

/** Properties of an instance, by field name. */
export type Fields = Record<string, SqValue | undefined>

export class SqClass extends SqCallable {
  readonly base: SqClass | null
  /** Default values of fields and values of shared members, by key. */
  readonly members: SqTable
  readonly metamethods: Map<string, SqValue>
  /** True for classes of native objects and those derived from them. */
  readonly isNative: boolean
  attributes: SqValue = null
  /** A class that extends another begins with that one's. */
  readonly memberAttributes: SqTable
  /** Property of an instance that holds a field, by key of the field. */
  readonly fields: Map<unknown, string>
  private locked = false
  private readonly prototype = Object.create(SqInstance.prototype) as object
  private readonly defaults: SqValue[]
  private made = 0
  private build: new () => SqInstance

  constructor(base: SqClass | null, isNative = base !== null && base.isNative) {
    super(() => null)
    this.base = base
    this.isNative = isNative
    Object.defineProperty(this.prototype, 'cls', { value: this })
    this.members = base === null ? new SqTable() : base.members.clone()
    this.memberAttributes = base === null ? new SqTable() : base.memberAttributes.clone()
    this.fields = new Map(base?.fields)
    this.defaults = base?.defaults.slice() ?? []
    this.metamethods = new Map(base?.metamethods)
    for (const [key, value] of this.members.entries()) if (!this.isField(key)) this.share(key, value)
    this.build = genericBuild(this.prototype, this.fields, this.defaults)
    this.fn = (_self, ...args) => construct(this, args)
  }

  isField(key: SqValue): boolean {
    return this.fields.has(mapKey(key))
  }

  /** Adds or changes a member by the rules of Squirrel 3.0; raises when the class has instances already. */
  newMember(key: SqValue, given: SqValue, isStatic: boolean): void {
    if (key === null) throw raise('null cannot be used as index')
    const value = stored(given)
    const shared = isStatic || value instanceof SqFunction
    if (this.locked && !shared) throw raise('trying to modify a class that has already been instantiated')
    if (this.isField(key)) {
      this.members.set(key, value)
      this.defaults[[...this.fields.keys()].indexOf(mapKey(key))] = value
    } else if (!shared) {
      this.addField(key, value)
    } else if (value instanceof SqFunction && METAMETHODS.has(key)) {
      this.metamethods.set(key as string, value)
      epoch.count++
    } else {
      const member = value instanceof SqFunction && this.base !== null ? withBase(value, this.base) : value
      this.members.set(key, member)
      this.share(key, member)
      if (this.locked) epoch.count++
      if (key === 'constructor' && this.made >= HOT) this.specialize()
    }
  }

  /** A new instance whose constructor has not run. */
  allocate(): SqInstance {
    if (!this.locked) this.lock()
    allocate(BYTES.instance + this.defaults.length * BYTES.item)
    if (++this.made === HOT) this.specialize()
    return new this.build()
  }

  private addField(key: SqValue, value: SqValue): void {
    this.members.set(key, value)
    this.fields.set(mapKey(key), fieldName(key))
    this.defaults.push(value)
    Reflect.deleteProperty(this.prototype, sharedName(key))
  }

  private lock(): void {
    this.locked = true
    for (let base = this.base; base !== null; base = base.base) base.locked = true
  }

  private share(key: SqValue, value: SqValue): void {
    Object.defineProperty(this.prototype, sharedName(key), { value, configurable: true })
  }

  private specialize(): void {
    const { build, fn } = specialClass(this, this.prototype, [...this.fields.values()], this.defaults)
    this.build = build
    if (fn !== null) this.fn = fn
  }
}

/** Instances after which a class gets code of its own. */
const HOT = 50

/** Counts changes to classes that have instances: what call sites remember about instances is good for one count. */
export const epoch = { count: 0 }

/** Property of an instance that holds a field. */
function fieldName(key: SqValue): string {
  return typeof key === 'string' ? `$${key}` : `$${otherKey(key)}`
}

/** Property of a prototype that holds a shared member. */
export function sharedName(key: SqValue): string {
  return typeof key === 'string' ? `m$${key}` : `m$${otherKey(key)}`
}

/** A member of an instance, undefined when its class has none of the name. */
export function member(instance: SqInstance, key: SqValue): SqValue | undefined {
  const { cls } = instance
  const field = cls.fields.get(mapKey(key))
  return field === undefined ? cls.members.get(key) : (instance as unknown as Fields)[field]
}

/** Makes an instance and runs its constructor. */
export function construct(cls: SqClass, args: SqValue[]): SqInstance {
  const instance = cls.allocate()
  const own = cls.members.get('constructor')
  if (own instanceof SqCallable) own.fn(instance, ...args)
  return instance
}

/** The function with another `base`; functions that do not mention `base` stay the same object. */
function withBase(method: SqFunction, base: SqClass): SqFunction {
  if (method.make === null) return method
  if (method.base === null) {
    method.base = base
    return method
  }
  const copy = new SqFunction(method.fn, method.info, null, '', method.make)
  copy.fn = method.make(copy)
  copy.base = base
  return copy
}

function genericBuild(
  prototype: object,
  fields: ReadonlyMap<unknown, string>,
  defaults: readonly SqValue[],
): new () => SqInstance {
  function Instance(this: SqInstance & Fields): void {
    let at = 0
    for (const name of fields.values()) this[name] = defaults[at++]
  }
  Instance.prototype = prototype
  return Instance as unknown as new () => SqInstance
}

interface ClassCode {
  readonly build: new () => SqInstance
  readonly fn: SqCode | null
}

/**
 * Code that fits one class, so that V8 can see through its instances; it names nothing but fields, JSON-encoded. The code to call the class is
 * null when its constructor has no fixed number of parameters.
 */
function specialClass(
  cls: SqClass,
  prototype: object,
  names: readonly string[],
  defaults: readonly SqValue[],
): ClassCode {
  const own = cls.members.get('constructor')
  const info = own instanceof SqFunction ? own.info : null
  const fixed = info !== null && info.defaults === 0 && !info.variadic
  const count = fixed ? info.parameters.length : 0
  const fields = names.map((name, at) => `this[${JSON.stringify(name)}] = defaults[${at}];`).join(' ')
  const args = Array.from({ length: count }, (_, at) => `, a${at}`).join('')
  const bytes = BYTES.instance + names.length * BYTES.item
  const make = compileIsolated(`(function (prototype, defaults, code, T, allocate) {
    function Instance() { ${fields} }
    Instance.prototype = prototype;
    function fn(self${args}) {
      if ((T[2] -= ${bytes}) < 0) allocate(0);
      const made = new Instance();
      code(made${args});
      return made;
    }
    function checked(self${args}) {
      if (arguments.length !== ${count + 1}) return code(null, ...arguments);
      return fn(self${args});
    }
    return { build: Instance, fn: code === null ? null : checked };
  })`) as (...given: unknown[]) => ClassCode
  return make(prototype, defaults, fixed ? (own as SqFunction).fn : null, T, allocate)
}

// No byte string holds a character over 255, so these never meet the name of a text key.
function otherKey(key: SqValue): string {
  if (key instanceof SqFloat) return `\uffff${key.v}f`
  return typeof key === 'object' && key !== null ? `\uffff${objectId(key)}o` : `\uffff${String(key)}`
}
