// Table 1.1 "blobs": the stream methods, strings, indexing, iteration and the limit of 512 kB.
local b = blob(3)
print(b.len() + " " + b.tell() + " " + b[0] + "\n")
b.writen(258, 'w'); b.writen(-2, 'c')
print(b[0] + " " + b[1] + " " + b[2] + " " + b.tell() + " " + (b.eos() != null) + "\n")
b.writen(0x01020304, 'i'); b.writen(1.5, 'f'); b.writen(2.5, 'd'); b.writen(-3, 's'); b.writen(200, 'b')
print(b.len() + "\n")
b.seek(3)
print(b.readn('i') + " " + b.readn('f') + " " + b.readn('d') + " " + b.readn('s') + " " + b.readn('b') + "\n")
try { b.readn('i') } catch (e) { print(e + "\n") }
print(b.seek(-1, 'e') + " " + b.tell() + " " + b.seek(1, 'b') + " " + b.seek(1, 'c') + " " + b.tell() + " " + b.seek(999) + "\n")
b.resize(2)
foreach (i, byte in b) print(i + ":" + byte + " ")
print("\n")
local text = blob(); text.writestring("hello"); text.seek(1)
print(text.readstring(3) + " " + text.tostring() + " " + text + "\n")
text[0] = 'J'
print(text.tostring() + "\n")
try { text[5] = 1 } catch (e) { print(e + "\n") }
try { text[9] } catch (e) { print(e + "\n") }
local other = blob(); other.writeblob(text)
other.seek(0); print(other.readblob(2).tostring() + " " + other.len() + "\n")
local swap = blob(4); swap.writen(0x01020304, 'i'); swap.swap2(); print(swap[0] + "" + swap[1] + swap[2] + swap[3] + " ")
swap.swap4(); print(swap[0] + "" + swap[1] + swap[2] + swap[3] + "\n")
try { blob(524289) } catch (e) { print("too large\n") }
print(blob(524288).len() + "\n")
class Packet extends blob { constructor(n) { base.constructor(n) } function twice() { return len() * 2 } }
print(Packet(4).twice() + "\n")
local grown = blob(); for (local i = 0; i < 1000; i++) grown.writen(i, 'i')
grown.seek(999 * 4); print(grown.readn('i') + " " + grown.len() + "\n")
print(blob().readblob(0).len() + "\n")
