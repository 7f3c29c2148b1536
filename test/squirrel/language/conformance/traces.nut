// 6.4 "errors": every frame with function and line, through methods, natives, generators and closures.
class Device {
  function read(pin) {
    return table[pin]
  }
  table = {}
}
function each(list, f) {
  list.map(f)
}
function work() {
  local d = Device()
  each([1],
    function (v) {
      d.read(v)
    })
}
local g = (function () {
  yield 1
  work()
})()
resume g
local x = 1 +
  resume g
