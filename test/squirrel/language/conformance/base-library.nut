// Table 1.1 "present in base lib".
foreach (name in ["getroottable", "assert", "print", "error", "array", "type", "callee", "dummy", "collectgarbage"])
  print(name + ":" + typeof getroottable()[name] + " ")
print("\n")
try { assert(1 == 2) } catch (e) { print(e + "\n") }
assert(true)
print(array(3, "x").len() + " " + array(2)[1] + "\n")
local factorial = function (n) { return n < 2 ? 1 : n * callee()(n - 1) }
print(factorial(5) + "\n")
print(type(1) + " " + type("s") + " " + type(null) + " " + type({}) + " " + type([]) + " " + type(print) + "\n")
print(typeof collectgarbage() + "\n")
dummy(1, 2, 3)
::answer <- 42
print(answer + " " + getroottable().answer + " " + ("answer" in getroottable()) + "\n")
delete ::answer
print(("answer" in getroottable()) + "\n")
