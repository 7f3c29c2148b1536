// Arrays and their methods.
function show(list) { local s = "["; foreach (i, v in list) s += (i ? "," : "") + v; print(s + "] ") }
local a = [3, 1, 2]
show(a.sort()); show(a.reverse()); show(a.slice(1)); show(a.slice(0, 2)); show(a.slice(-2)); show(a.slice(0, -1))
print("\n")
a.push(4); a.append(5); a.insert(0, 0); a.extend([6, 7])
show(a)
print(a.len() + " " + a.top() + " " + a.pop() + " " + a.remove(0) + "\n")
show(a.map(@(v) v * v)); show(a.filter(@(i, v) v % 2)); print(a.reduce(@(x, y) x + y) + " " + a.find(5) + " " + a.find(99) + "\n")
a.apply(@(v) v + 1); show(a)
a.resize(2); show(a); a.resize(4, "x"); show(a); a.clear(); show(a)
print("\n")
show(["b", "c", "a"].sort()); show([1.5, 1, 0.5].sort()); show(["aa", "b", "ccc"].sort(@(x, y) y.len() - x.len()))
show([5, 3, 9].sort(@(x, y) y <=> x))
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
foreach (v in [[1, "a"], [1, "b"], [1, "c"], [0, "d"], [1, "e"]].sort(@(x, y) x[0] <=> y[0])) print(v[1])
print("\n")
