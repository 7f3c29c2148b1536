// Section 1.2: tables iterate in the order of Squirrel 3.0's node array. The first two lines are facts of the platform.
local t = {}
foreach (k in ["a", "b", "c", "d", "e", "f", "g", "h", "i"]) t[k] <- k
foreach (k, v in t) print(k + " ")
print("\n")
foreach (k, v in { type = 1, __IMPUNIT__ = 1, session = 1, message = 1 }) print(k + " ")
print("\n")
local numbers = {}
for (local i = 10; i > 0; i--) numbers[i] <- i
foreach (k, v in numbers) print(k + " ")
print("\n")
foreach (k, v in clone numbers) print(k + " ")
print("\n")
for (local i = 1; i <= 8; i++) delete numbers[i]
numbers[100] <- 0
foreach (k, v in numbers) print(k + " ")
print("\n")
local mixed = {}
mixed[1] <- "i"; mixed[1.0] <- "f"; mixed["1"] <- "s"; mixed[true] <- "b"
print(mixed.len() + " " + mixed[1] + mixed[1.0] + mixed["1"] + mixed[true] + "\n")
class Members { zulu = 1; alpha = 2; function mike() {} static lima = 3 }
foreach (k, v in Members) print(k + " ")
print("\n")
