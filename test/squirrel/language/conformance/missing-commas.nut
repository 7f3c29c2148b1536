// Table 1.1 "array ctor/loops": commas between call arguments, array items and table slots may be missing.
function three(a, b, c) { return a + b + c }
print(three(1 2 3) + "\n")
print([1 2 3].len() + "\n")
local t = { a = 1 b = 2
  c = 3 }
print(t.a + t.b + t.c + "\n")
