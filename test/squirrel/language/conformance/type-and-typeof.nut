// Table 1.1 "type(x)": native objects are "meta" for type() and their own name for typeof.
class Plain {}
class Named { function _typeof() { return "named" } }
function generate() { yield 1 }
local values = [null, true, 1, 1.5, "s", [], {}, print, Plain, Plain(), Named(), generate(), blob(), regexp("a"), {}.weakref()]
foreach (v in values) print(typeof v + "/" + type(v) + " ")
print("\n")
local weak = values.weakref()
print(typeof weak + " " + typeof weak.ref() + "\n")
