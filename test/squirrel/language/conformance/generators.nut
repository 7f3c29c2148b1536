// Generators: yield, resume, status, iteration, errors.
function count(n) { for (local i = 0; i < n; i++) yield i; return "end" }
local g = count(2)
print(typeof g + " " + g.getstatus() + "\n")
print(resume g + " " + resume g + " " + resume g + " " + g.getstatus() + "\n")
try { resume g } catch (e) { print(e + "\n") }
foreach (i, v in count(3)) print(i + ":" + v + " ")
print("\n")
function tree(node) { if (node == null) return; foreach (v in tree(node.left)) yield v; yield node.value; foreach (v in tree(node.right)) yield v }
local root = { value = 2, left = { value = 1, left = null, right = null }, right = { value = 3, left = null, right = null } }
foreach (v in tree(root)) print(v + " ")
print("\n")
class Source { n = 5; function values() { yield n; n++; yield n } }
local s = Source()
foreach (v in s.values()) print(v + " ")
print(s.n + "\n")
local failing = (function () { yield 1; throw "inside" })()
resume failing
try { resume failing } catch (e) { print(e + " " + failing.getstatus() + "\n") }
local caught = (function () { try { yield 1; throw "x" } catch (e) { yield "caught " + e } })()
print(resume caught + " " + resume caught + "\n")
local me; me = (function () { yield resume me })()
try { resume me } catch (e) { print(e + "\n") }
try { resume 5 } catch (e) { print(e + "\n") }
function nothing() { yield }
print((resume nothing()) + "\n")
