// Table 1.1 "string index": bytes are 0..255 (stock: signed).
local s = "\xFF\x80" + "A"
print(s[0] + " " + s[1] + " " + s[2] + " " + s.len() + "\n")
print((s[0] | (s[1] << 8)) + "\n")
foreach (i, c in "hi") print(i + "=" + c + " ")
print("\n")
print("abc"[1] + " " + "abc"[1.9] + " " + "abc"[-1] + "\n")
try { "abc"[3] } catch (e) { print(e + "\n") }
try { local t = "abc"; t[0] = 1 } catch (e) { print(e + "\n") }
