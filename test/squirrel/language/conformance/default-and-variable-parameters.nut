// Table 1.1 "default params + ...": each alone works (both together are a compile error, see errors-default-varargs).
local offset = 10
function add(a, b = 2, c = offset * 2) { return a + b + c }
offset = 99
print(add(1) + " " + add(1, 1) + " " + add(1, 1, 1) + "\n")
function count(first, ...) { local sum = first; foreach (v in vargv) sum += v; return sum + "/" + vargv.len() }
print(count(1) + " " + count(1, 2, 3) + "\n")
try { add() } catch (e) { print(e + "\n") }
try { add(1, 2, 3, 4) } catch (e) { print(e + "\n") }
try { count() } catch (e) { print(e + "\n") }
local square = @(x) x * x
print(square(5) + " " + (@(a, b = 3) a * b)(2) + "\n")
