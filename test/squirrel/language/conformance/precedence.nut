// Table 1.1 "`in` precedence": `in` and `instanceof` sit at the level of `&&`, as in Squirrel 3.0.
local t = { a = 1, b = 2 }
print("a" in t && "b" in t)
print("\n")
print((!"a" in t) + "\n") // (!"a") in t
print(("a" in t == true) + "\n") // "a" in (t == true): nothing is in a boolean
print(1 + 2 * 3 - 4 / 2 + "\n")
print((1 | 2 ^ 3 & 4) + "\n")
print((1 << 2 + 1) + "\n")
print((1 < 2 == true) + "\n")
try { print((1 == 1 & 1) + "\n") } catch (e) { print(e + "\n") } // & binds looser than ==: true & 1
print((true || false && false) + "\n")
print((null || "other") + " " + (0 || "zero") + " " + ("" || "empty is true") + "|\n")
print((1 && 2) + " " + (null && 2 == 2 ? "yes" : "no") + "\n")
print((-2 - -3) + " " + (- 2 * 3) + " " + !true + "\n")
print((5 <=> 3) + " " + (3 <=> 5) + " " + (3 <=> 3.0) + "\n")
print(typeof 1 + 2 + "\n") // (typeof 1) + 2
local a = 1, b = 2, c
c = a = b
print(a + " " + c + "\n")
print((a > 1 ? "big" : a > 0 ? "small" : "none") + "\n")
local x = (1, 2, 3)
print(x + "\n")
