// Table 1.1 "bindenv": the environment is held strongly (stock: weakly), so a bound function outlives every other reference to it.
function make() {
  local environment = { value = 7 }
  return (function () { return value }).bindenv(environment)
}
local bound = make()
collectgarbage()
print(bound() + "\n")
print(bound.call({ value = 1 }) + "\n") // the bound environment wins
class Counter {
  count = 0
  function callback() { return function (step) { count += step; return count }.bindenv(this) }
}
local add = Counter().callback()
print(add(2) + " " + add(3) + "\n")
local again = bound.bindenv({ value = 9 })
print(again() + " " + bound() + "\n")
try { bound.bindenv(5) } catch (e) { print("refused\n") }
