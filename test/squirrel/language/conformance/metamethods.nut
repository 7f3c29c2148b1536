// All metamethods, on classes and on delegates.
class Vector {
  x = 0; y = 0
  constructor(x, y) { this.x = x; this.y = y }
  function _add(o) { return Vector(x + o.x, y + o.y) }
  function _sub(o) { return Vector(x - o.x, y - o.y) }
  function _mul(n) { return Vector(x * n, y * n) }
  function _div(n) { return Vector(x / n, y / n) }
  function _modulo(n) { return Vector(x % n, y % n) }
  function _unm() { return Vector(-x, -y) }
  function _cmp(o) { return x <=> o.x }
  function _tostring() { return "(" + x + "," + y + ")" }
  function _typeof() { return "vector" }
  function _call(original, n) { return x + y + n }
  function _cloned(from) { x = from.x + 1000 }
  function _get(name) { if (name == "sum") return x + y; throw null }
  function _set(name, value) { if (name == "both") { x = value; y = value } else throw null }
  function _newslot(name, value) { print("newslot " + name + " " + value + "\n") }
  function _delslot(name) { print("delslot " + name + "\n"); return 77 }
  function _nexti(previous) { return previous == null ? "x" : previous == "x" ? "y" : null }
}
local a = Vector(7, 9), b = Vector(1, 2)
print(a + b); print(a - b); print(a * 2); print(a / 2); print(a % 2); print(-a); print("\n")
print((a > b) + " " + (a < b) + " " + (a <=> b) + " " + (a == b) + "\n")
print(typeof a + " " + a(100) + " " + clone a + "\n")
print(a.sum + "\n")
a.both = 4
print(a + "\n")
a.anything <- 5
print(delete a.anything)
print("\n")
foreach (k, v in a) print(k + "=" + v + " ")
print("\n")
try { a.missing } catch (e) { print(e + "\n") }
try { a.missing = 1 } catch (e) { print(e + "\n") }
class Base { function _inherited(attributes) { print("inherited " + typeof this + " " + attributes.kind + "\n") } }
class Derived extends Base </ kind = "test" /> {}
class Watch { function _newmember(index, value, attributes, isstatic) { print("member " + index + " " + isstatic + "\n") } }
class Watched extends Watch { a = 1; static b = 2 }
local delegate = {
  _get = function (key) { if (key == "nothing") return key + "!"; throw null }
  _set = function (key, value) { rawset(key, value * 2) }
  _add = function (other) { return "added" }
  _tostring = function () { return "delegated" }
  function greet() { return "hi " + name }
}
local t = { name = "t" }.setdelegate(delegate)
print(t.nothing + " " + t.greet() + " " + (t + 1) + " " + t + " " + (t.getdelegate() == delegate) + "\n")
t.fresh = 21
print(t.fresh + " " + ("greet" in t) + "\n")
try { delegate.setdelegate(t) } catch (e) { print(e + "\n") }
