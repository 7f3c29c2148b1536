// Classes: members, statics, inheritance, base, class methods added later, attributes, getclass/getbase, rawget, locking.
class Animal {
  </ unit = "kg" />
  weight = 10
  name = null
  static kingdom = "animalia"
  tags = []
  constructor(name) { this.name = name }
  function speak() { return name + " makes a sound" }
  function describe() { return speak() + " (" + weight + ")" }
}
class Dog extends Animal {
  weight = 20
  constructor(name, trick = "sit") { base.constructor(name); this.trick = trick }
  trick = null
  function speak() { return base.speak() + ": woof" }
}
local rex = Dog("Rex")
print(rex.describe() + " " + rex.trick + " " + rex.kingdom + " " + Dog.kingdom + "\n")
print((rex instanceof Dog) + " " + (rex instanceof Animal) + " " + (Animal("x") instanceof Dog) + "\n")
print((rex.getclass() == Dog) + " " + (Dog.getbase() == Animal) + " " + Animal.getbase() + "\n")
print(Animal.getattributes("weight").unit + " " + Animal.getattributes("name") + "\n")
rex.tags.push(1)
print(Animal("other").tags.len() + "\n") // defaults are shared objects
Animal.jump <- function () { return name + " jumps" }
print(Animal("Tom").jump() + "\n")
try { print(rex.jump() + "\n") } catch (e) { print(e + "\n") } // Dog copied the members of Animal when it was made
try { Animal.height <- 5 } catch (e) { print(e + "\n") }
try { rex.height <- 5 } catch (e) { print(e + "\n") }
try { rex.height = 5 } catch (e) { print(e + "\n") }
try { Dog.weight = 5 } catch (e) { print(e + "\n") }
function Dog::roll() { return name + " rolls" }
print(rex.roll() + "\n")
print(("weight" in rex) + " " + ("speak" in rex) + " " + ("nothing" in rex) + " " + ("weight" in Dog) + "\n")
print(rex.rawget("weight") + " " + rex.rawin("speak") + " " + rex.rawin("x") + "\n")
local bare = Dog.instance()
print(bare.name + " " + bare.weight + "\n")
local Anonymous = class { x = 1; function getX() { return x } }
print(Anonymous().getX() + "\n")
local method = rex.speak
print(method.call(Animal("Cat")) + "\n")
class WithIndex { ["odd key"] = 5; [7] = "seven" }
print(WithIndex()["odd key"] + " " + WithIndex()[7] + "\n")
local copy = clone rex
copy.name = "Copy"
print(rex.name + " " + copy.name + " " + (copy instanceof Dog) + "\n")
try { class Bad extends 5 {} } catch (e) { print(e + "\n") }
local t = { inner = {} }
class t.inner.Nested { v = 3 }
print(t.inner.Nested().v + "\n")
class NoConstructor {}
print(typeof NoConstructor(1, 2, 3) + "\n")
class Shadow { function size() { return 1 } }
class Shadow2 extends Shadow { size = 2 }
print(Shadow2().size + "\n")
Dog.newmember("legs2", function () { return 4 })
print(rex.legs2() + "\n")
// A class begins with the attributes of the members that it inherits, and may give them others of its own.
class Parent { </ a = 1 /> x = 1; </ a = 2 /> function f() {} }
class Child extends Parent { x = 5; </ a = 3 /> function f() {} }
print(Child.getattributes("x").a + " " + Child.getattributes("f").a + " " + Parent.getattributes("f").a + "\n")
Child.setattributes("x", null)
print(Child.getattributes("x") + " " + Parent.getattributes("x").a + "\n")
