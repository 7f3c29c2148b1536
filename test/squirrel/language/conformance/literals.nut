// Table 1.1 "escapes": \x takes up to four digits (the low byte counts), char literals have one character; `#` starts a comment.
print("\x41\x0042|\x4|" + "\x414" + "\n")
print("tab\tquote\"back\\slash\0end".len() + "\n")
print(@"verbatim \n ""quoted""
second line" + "\n") # a comment
# another
/* a block
   comment */ print('\'' + " " + '"' + "\n")
print("a" + 'b' + "c" + "\n")
print("caf\xC3\xA9".len() + "\n")
