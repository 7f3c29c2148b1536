// Table 1.1 "regular expressions": `^` anchors at the start offset given to capture and search.
local r = regexp(@"(\d+)-(\w+)")
local found = r.capture("id 12-ab.")
foreach (i, m in found) print(i + ":" + m.begin + "-" + m.end + " ")
print("\n")
print(r.capture("nothing") + "|\n")
print(r.match("12-ab") + " " + r.match("12-ab!") + "\n")
local at = regexp("^b+").search("aabbb", 2)
print(at.begin + " " + at.end + "\n")
print(regexp("^b").search("ab") == null)
print("\n" + (regexp("a|bc$").search("xbc").begin) + " " + r.subexpcount() + "\n")
print(regexp("[^a-c]+").search("abcxyz").end + " " + regexp("a{2,3}").search("caaaa").end + " " + regexp("(?:ab)+c").match("ababc") + "\n")
print(regexp(@"\s*[-+]?\d*\.?\d+").match("  -12.5") + " " + regexp(@"\bcat\b").search("a cat!").begin + "\n")
try { regexp("(a") } catch (e) { print("refused: " + e + "\n") }
// An expression that explodes in a naive matcher ends at once.
print(regexp("(a*)*b").match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac") + "\n")
