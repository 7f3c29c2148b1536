// Table 1.1 "split(s, sep)": empty tokens are dropped; every character of the second text separates.
function show(list) { foreach (item in list) print("[" + item + "]"); print(" " + list.len() + "\n") }
show(split("a,,b,c", ","))
show(split(",a,", ","))
show(split("a b,c", " ,"))
show(split("", ","))
show(split("abc", ""))
show([strip("  x \n"), lstrip("  x "), rstrip("  x "), strip("   ")])
