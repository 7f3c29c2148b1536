// if, while, do, for, foreach, switch, break, continue, try, throw and where statements end.
for (local i = 0; ; i++) { if (i == 2) continue; if (i == 5) break; print(i + " ") }
local n = 3; while (n > 0) { print(n-- + " ") }
do print(n++ + " "); while (n < 2)
print("\n")
function pick(v) {
  local r = ""
  switch (v) {
    case 1: r += "one "
    case 2: { r += "two "; break }
    case "s": local inner = "text "; r += inner; break
    case 2.5: r += "float "; break
    case null: r += "null "; break
    default: r += "default "
  }
  return r
}
foreach (v in [1, 2, "s", 2.5, null, 9, 1.0]) print(pick(v))
print("\n")
foreach (i, v in [5, 6]) foreach (k, w in { only = 7 }) print(i + v + k + w + " ")
print("\n")
local total = 0
foreach (v in [1, 2, 3, 4]) { switch (v) { case 2: continue; case 4: break } total += v }
print(total + "\n")
try { throw "first" } catch (e) { try { throw e + " again" } catch (f) { print(e + ", " + f + "\n") } }
function early() { try { return "from try" } catch (e) { return "never" } }
print(early() + "\n")
function deep(n) { if (n == 0) throw [1, 2]; deep(n - 1) }
try { deep(20) } catch (e) { print(typeof e + e.len() + "\n") }
local a = 1; local b = 2; local c = {} local d = 4
print(a + b + d + "\n")
if (a) print("yes "); else print("no ")
if (!a) print("no ") else print("else\n")
local i = 0
while (true) if (++i > 3) break
print(i + "\n")
local list = [1, 2, 3]
foreach (index, item in list) { if (index == 0) list.push(9); print(item + " ") }
print("\n")
foreach (v in "") print("never")
local z = null
print((z == null ? "null" : "value") + "\n")
for (local x = 0, y = 10; x < y; x += 3, y -= 3) print(x + "," + y + " ")
print("\n")
