// Table 1.1 "removed from base lib" and "not in the dialect": these names do not exist; calling them is an ordinary error.
foreach (name in ["setroottable", "getconsttable", "setconsttable", "compilestring", "newthread", "suspend", "setdebughook", "seterrorhandler", "getstackinfos"])
  print(name + " " + (name in getroottable()) + "\n")
try { newthread(@() 1) } catch (e) { print(e + "\n") }
try { "abc".startswith("a") } catch (e) { print(e + "\n") }
try { ({}).keys() } catch (e) { print(e + "\n") }
