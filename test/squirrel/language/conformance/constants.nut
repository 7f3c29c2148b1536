// Table 1.1 "const/enum": scalars folded by the compiler; locals hide constants; boolean constants are accepted.
const SPEED = 115200
const NAME = "uart"
const RATIO = 1.5
const LOW = -1
const DEBUG = true
enum State { IDLE, BUSY, DONE = 10, LATER }
enum Text { A = "a", B = "b" }
print(SPEED + NAME + RATIO + LOW + DEBUG + "\n")
print(State.IDLE + " " + State.BUSY + " " + State.DONE + " " + State.LATER + " " + Text.A + Text.B + "\n")
print(typeof State.IDLE + " " + ("SPEED" in getroottable()) + "\n")
local f = function () { local SPEED = 5; return SPEED }
print(f() + "\n")
switch (1) { case State.BUSY: print("busy\n"); break; default: print("other\n") }
