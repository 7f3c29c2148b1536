// Closures see outer variables by reference; one variable a loop, one a round for locals of the body; `this` and the root table.
function counter() { local n = 0; return { up = @() ++n, get = @() n } }
local c = counter(); c.up(); c.up()
print(c.get() + "\n")
local list = []
for (local i = 0; i < 3; i++) { local j = i; list.push(@() i + ":" + j) }
foreach (f in list) print(f() + " ")
print("\n")
local object = { name = "object", function who() { return this.name }, function later() { return function () { return name } } }
print(object.who() + "\n")
name <- "root"
print(object.later()() + "\n") // a plain call passes the caller's environment
local who = object.who
print(who() + "\n")
function caller() { return who.call(this) }
print(caller.call({ name = "given" }) + "\n")
local o = { x = 1, function setBoth() { x = 2; name = "changed" } }
o.setBoth()
print(o.x + " " + ::name + " " + ("name" in o) + "\n")
try { undefinedVariable = 5 } catch (e) { print(e + "\n") }
local a = 1
{ local a = 2; print(a) }
print(a + "\n")
local x = 5
local function shadow(x) { x = x + 1; return x }
print(shadow(1) + " " + x + "\n")
local function lonely(n) { return n == 0 ? 0 : lonely(n - 1) }
try { lonely(1) } catch (e) { print(e + "\n") } // a local function does not see its own name, as in 3.0
print((function (a, b) { return a + b }).acall([this, 3, 4]) + " " + shadow.pcall(this, 9) + "\n")
local infos = shadow.getinfos()
print(infos.name + " " + infos.parameters.len() + " " + infos.parameters[1] + " " + infos.native + " " + print.getinfos().native + "\n")
// An operand that is a variable of an outer function is read in its turn, one of the function itself when the operator needs it.
local outer = 1, target = { name = "old" }
local function change() { outer = 10; target = { name = "new" }; return 1 }
local first = target
print((function () { return outer + change() })() + " ")
outer = 1
print((outer + change()) + " ")
outer = 1
print((function () { return outer < change() })() + " " + (function () { return change() + outer })() + "\n")
target = first
local function write() { target["name"] = "written" + change() }
write()
print(first.name + " " + target.name + "\n")
