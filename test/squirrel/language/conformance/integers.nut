// Table 1.1 "integers": signed 32 bits on both sides, wrapping on overflow; `>>>` gives a signed result again.
local big = 2147483647
print(big + 1 + "\n")
print(-2147483648 - 1 + "\n")
print(65536 * 65536 + "\n")
print(123456789 * 987654321 + "\n")
print(0xFFFFFFFF + " " + 0x7FFFFFFF + " " + 0x80000000 + "\n")
print(4294967297 + "\n")
print((-1 >>> 0) + " " + (-1 >>> 28) + " " + (-8 >> 1) + " " + (1 << 31) + "\n")
print((5 & 3) + " " + (5 | 3) + " " + (5 ^ 3) + " " + ~5 + "\n")
print(7 / 2 + " " + -7 / 2 + " " + 7 % 3 + " " + -7 % 3 + "\n")
print('A' + " " + '\n' + " " + '\x41' + "\n")
print(010 + " " + 0x1F + "\n")
print((-2147483648) / -1 + "\n")
local i = 5
print(i++ + " " + i + " " + ++i + " " + i-- + " " + --i + "\n")
try { print(1 / 0) } catch (e) { print(e + "\n") }
try { print(1 % 0) } catch (e) { print(e + "\n") }
try { print(1.5 & 1) } catch (e) { print(e + "\n") }
print(typeof 1 + " " + typeof 'a' + "\n")
