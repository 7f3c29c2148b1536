// Arrays and their methods.
function show(list) { local s = "["; foreach (i, v in list) s += (i ? "," : "") + v; print(s + "] ") }
local a = [3, 1, 2]
a.sort(); show(a); a.reverse(); show(a); show(a.slice(1)); show(a.slice(0, 2)); show(a.slice(-2)); show(a.slice(0, -1))
print("\n")
a.push(4); a.append(5); a.insert(0, 0); a.extend([6, 7])
show(a)
print(a.len() + " " + a.top() + " " + a.pop() + " " + a.remove(0) + "\n")
show(a.map(@(v) v * v)); show(a.filter(@(i, v) v % 2)); print(a.reduce(@(x, y) x + y) + " " + a.find(5) + " " + a.find(99) + "\n")
a.apply(@(v) v + 1); show(a)
a.resize(2); show(a); a.resize(4, "x"); show(a); a.clear(); show(a)
print("\n")
function sorted(list, order = @(x, y) x <=> y) { list.sort(order); return list }
show(sorted(["b", "c", "a"])); show(sorted([1.5, 1, 0.5])); show(sorted(["aa", "b", "ccc"], @(x, y) y.len() - x.len()))
show(sorted([5, 3, 9], @(x, y) y <=> x))
print("\n")
try { [1, "a"].sort() } catch (e) { print(e + "\n") }
try { [1].insert(5, 0) } catch (e) { print(e + "\n") }
try { [1].remove(5) } catch (e) { print(e + "\n") }
try { [].pop() } catch (e) { print(e + "\n") }
try { [1, 2].slice(2, 1) } catch (e) { print(e + "\n") }
try { [1, 2].slice(0, 5) } catch (e) { print(e + "\n") }
local b = [1]; b[0] += 5; b[0]++
print(b[0] + " " + (1 in b) + " " + (0 in b) + " " + b[0.9] + "\n")
try { b[1] = 0 } catch (e) { print(e + "\n") }
try { b[-1] } catch (e) { print(e + "\n") }
local c = clone b; c.push(1)
print(b.len() + " " + ([] == []) + " " + (b == b) + "\n")
// Equal items come out in the order of the heap sort of 3.0.
foreach (v in sorted([[1, "a"], [1, "b"], [1, "c"], [0, "d"], [1, "e"]], @(x, y) x[0] <=> y[0])) print(v[1])
print("\n")
// What changes the array itself gives nothing, as in 3.0.
local d = [2, 1]
foreach (result in [d.push(3), d.append(4), d.extend([5]), d.insert(0, 0), d.resize(4), d.reverse(), d.sort(), d.apply(@(v) v), d.clear()])
  print((result == null) + " ")
print("\n")
// What a comparison gives is cut to an integer: a difference below 1 means equal.
show(sorted([0.2, 0.9, 0.5], @(x, y) x - y)); show(sorted([2, 9, 5], @(x, y) (x - y) / 10.0))
print("\n")
