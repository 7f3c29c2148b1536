// Strings and conversions.
local s = "Hello, World"
print(s.len() + " " + s.slice(7) + " " + s.slice(0, 5) + " " + s.slice(-5, -1) + " " + s.toupper() + " " + s.tolower() + "\n")
print(s.find("o") + " " + s.find("o", 5) + " " + s.find("x") + "|" + "\n")
print("12".tointeger() + 1 + " " + "-7x".tointeger() + " " + "3.9".tointeger() + " " + "1.5".tofloat() * 2 + " " + "0x1F".tointeger(16) + " " + "ff".tointeger(16) + " " + "z".tointeger(36) + " " + " 5".tointeger() + "\n")
print((65).tochar() + " " + (255).tostring() + " " + true.tostring() + " " + true.tointeger() + " " + 1.25.tostring() + "\n")
print("a" + 1 + 2.5 + true + null + "\n")
print(("a" < "b") + " " + ("a" < "B") + " " + ("abc" == "abc") + " " + ("a" <=> "b") + "\n")
try { "x".tofloat() } catch (e) { print(e + "\n") }
try { "abc".slice(1, 9) } catch (e) { print(e + "\n") }
try { "abc".slice(2, 1) } catch (e) { print(e + "\n") }
print("\xC3\x84".tolower().len() + " " + "1e3".tofloat() + " " + ".5".tofloat() + "\n")
// `0x` says that a number is hexadecimal; more than eight digits are -1 (string.tointeger).
print("0xFF".tointeger() + " " + "0x7fffffff".tointeger() + " " + "0xFFFFFFFE".tointeger() + " " + "0x01FFFFFFFF".tointeger() + " " + "0x10FFFFFFF".tointeger() + " " + "2timesfour".tointeger() + " " + "0x".tointeger() + "\n")
print("abc".find("", 3) + " " + "abc".find("", 2) + " " + "abc".find("c", -1) + "\n")
