// Table 1.1 "#": `#line N "file"` changes places in traces; other `#` lines are comments.
#require "Library:1.0.0"
function inner() {
#line 100 "lib.nut"
  return missing
}
#line 7 "main.nut"
inner()
