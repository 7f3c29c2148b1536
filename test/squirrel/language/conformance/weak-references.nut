// weakref: ref() gives the object; containers show the object itself; collection cannot be seen.
local object = { name = "kept" }
local weak = object.weakref()
print(typeof weak + " " + weak.ref().name + "\n")
local holder = { slot = weak }
print(typeof holder.slot + " " + holder.slot.name + "\n")
local list = [weak]; list.push(weak)
print(typeof list[0] + " " + typeof list[1] + "\n")
class Keeper { kept = null; constructor(w) { kept = w } }
print(typeof Keeper(weak).kept + "\n")
print((5).weakref() + " " + "s".weakref() + "\n")
print((object.weakref().ref() == object) + "\n")
