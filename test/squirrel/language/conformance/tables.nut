// Tables: literals, JSON style, new slot, delete, methods, raw access.
local t = { a = 1, ["b c"] = 2, [5] = 3, function f() { return a }, "json": [1, 2], nested = { x = 1 } }
print(t.a + t["b c"] + t[5] + t.f() + t.json.len() + t.nested.x + " " + t.len() + "\n")
t.new <- 4
t["k" + 1] <- 5
print(t.new + t.k1 + " " + delete t.new + " " + ("new" in t) + "\n")
print(t.rawget("a") + " " + t.rawin("zz") + " " + t.rawdelete("k1") + " " + t.rawdelete("k1") + " " + t.rawset("q", 8) + " " + t.q + "\n")
t.a += 10; t.a -= 1; t.a *= 2; t.a /= 4; t.a %= 4
print(t.a + " " + t.a++ + " " + --t.a + " " + ++t["a"] + "\n")
local copy = clone t
copy.a = 99
print(t.a + " " + (copy.nested == t.nested) + "\n")
t.clear()
print(t.len() + "\n")
local keys = [1, 2]
local byObject = {}
byObject[keys] <- "array key"
print(byObject[keys] + " " + ([1, 2] in byObject) + "\n")
foreach (name in ["constructor", "__proto__", "prototype", "toString", "hasOwnProperty", "valueOf"]) {
  print((name in byObject) + " ")
  byObject[name] <- name.len()
  print(byObject[name] + " ")
}
print("\n")
local p = {}
p.constructor <- 1
p.__proto__ <- 2
print(p.constructor + p.__proto__ + "\n")
try { ({}).toString } catch (e) { print(e + "\n") }
try { ({}).__proto__ } catch (e) { print(e + "\n") }
