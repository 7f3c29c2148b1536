// Table 1.1 "floats": single precision on both sides, printed with %g: six digits, no trailing ".0".
print(1.0 + " " + 1.5 + " " + 0.1 + " " + 100.0 + "\n")
print(1.0 / 3 + " " + 2.0 / 3.0 + "\n")
print(1e6 + " " + 1e5 + " " + 123456.7 + " " + 1234567.8 + " " + 1e-5 + " " + 0.0001 + "\n")
print(16777216.0 + 1.0 == 16777216.0)
print("\n" + (0.1 + 0.2 == 0.3) + "\n")
print(3 / 2 + " " + 3 / 2.0 + " " + 3.0 / 2 + "\n")
print(1 == 1.0)
print("\n" + (7.5 % 2) + " " + -7.5 % 2 + "\n")
print(1.0 / 0 + " " + -1.0 / 0 + "\n")
local nan = 0.0 / 0
print((nan == nan) + " " + (nan != nan) + "\n")
print(typeof 1.0 + " " + typeof 1e3 + " " + typeof (1 + 1.0) + "\n")
print((3.99).tointeger() + " " + (-3.99).tointeger() + " " + (5).tofloat() + " " + (2.5).tostring() + "\n")
print(-0.0 + " " + 1. + "\n")
// An integer becomes a float of single precision before it meets one: 2^24 + 1 is none.
print((16777217 + 1.0).tointeger() + " " + (16777219 - 1.0).tointeger() + " " + (16777217 * 1.0).tointeger() + " " + (33554435 / 2.0).tointeger() + "\n")
print((16777217 == 16777216.0) + " " + (16777217 <=> 16777216.0) + " " + (16777217 > 16777216.0) + " " + (16777217 == 16777216) + " " + (16777217 <=> 16777216) + "\n")
print((16777217 % 2.0) + " " + math.fabs(-16777217).tointeger() + "\n")
