/** A program to measure: Squirrel source whose result is a function of no parameters, and the same function in JavaScript. */
interface Program {
  readonly name: string
  readonly squirrel: string
  readonly javascript: () => unknown
}

/** The six programs of the speed target; both sides of each give the same integer. */
export const programs: readonly Program[] = [
  {
    name: 'fib',
    squirrel: `
      function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) }
      return function () { return fib(27) }`,
    javascript: () => {
      function fib(n: number): number {
        return n < 2 ? n : fib(n - 1) + fib(n - 2)
      }
      return fib(27)
    },
  },
  {
    name: 'loops',
    squirrel: `
      return function () {
        local sum = 0
        for (local i = 0; i < 5000000; i++) {
          if (i % 3 == 0) sum += i
          else sum = sum ^ i
        }
        return sum
      }`,
    javascript: () => {
      let sum = 0
      for (let i = 0; i < 5000000; i++) {
        if (i % 3 === 0) sum = (sum + i) | 0
        else sum ^= i
      }
      return sum
    },
  },
  {
    name: 'method calls',
    squirrel: `
      class Point {
        x = 0
        y = 0
        constructor(x, y) { this.x = x; this.y = y }
        function plus(other) { return Point(x + other.x, y + other.y) }
        function length() { return x * x + y * y }
      }
      return function () {
        local at = Point(0, 0)
        local step = Point(1, 2)
        local sum = 0
        for (local i = 0; i < 500000; i++) {
          at = at.plus(step)
          sum += at.length()
        }
        return sum
      }`,
    javascript: () => {
      class Point {
        x: number
        y: number
        constructor(x: number, y: number) {
          this.x = x
          this.y = y
        }
        plus(other: Point): Point {
          return new Point((this.x + other.x) | 0, (this.y + other.y) | 0)
        }
        length(): number {
          return (Math.imul(this.x, this.x) + Math.imul(this.y, this.y)) | 0
        }
      }
      let at = new Point(0, 0)
      const step = new Point(1, 2)
      let sum = 0
      for (let i = 0; i < 500000; i++) {
        at = at.plus(step)
        sum = (sum + at.length()) | 0
      }
      return sum
    },
  },
  {
    name: 'tables',
    squirrel: `
      return function () {
        local table = {}
        for (local i = 0; i < 200000; i++) table[i * 7] <- i
        local sum = 0
        foreach (key, value in table) sum += key ^ value
        return sum
      }`,
    javascript: () => {
      const table = new Map<number, number>()
      for (let i = 0; i < 200000; i++) table.set(i * 7, i)
      let sum = 0
      for (const [key, value] of table) sum = (sum + (key ^ value)) | 0
      return sum
    },
  },
  {
    name: 'strings',
    squirrel: `
      return function () {
        local text = ""
        for (local i = 0; i < 200000; i++) text += "item " + i + ";"
        return text.len()
      }`,
    javascript: () => {
      let text = ''
      for (let i = 0; i < 200000; i++) text += 'item ' + i + ';'
      return text.length
    },
  },
  {
    name: 'sorting',
    squirrel: `
      return function () {
        local seed = 1
        local items = []
        for (local i = 0; i < 100000; i++) {
          seed = seed * 1103515245 + 12345
          items.push((seed >> 8) & 0xFFFF)
        }
        items.sort(@(a, b) a - b)
        return items[0] + items[50000] * 3 + items[99999]
      }`,
    javascript: () => {
      let seed = 1
      const items: number[] = []
      for (let i = 0; i < 100000; i++) {
        seed = (Math.imul(seed, 1103515245) + 12345) | 0
        items.push((seed >> 8) & 0xffff)
      }
      items.sort((a, b) => a - b)
      return ((items[0] as number) + (items[50000] as number) * 3 + (items[99999] as number)) | 0
    },
  },
]
