/** What hangs on a bus or a serial port of a device. Bytes are byte strings. */
export type Peripheral = {
  /** I2C: takes what is written; whether it acknowledges. */
  write(bytes: string): boolean
  /** I2C: `length` bytes, after the bytes of a register (`''` without one); null when it does not acknowledge. */
  read(register: string, length: number): string | null
  /** SPI: the bytes that come in while `bytes` go out, as many. */
  transfer(bytes: string): string
  /** SPI: the select line went active (true) or not. */
  select(active: boolean): void
  /** Serial port: what the code sent. */
  received(bytes: string): void
}

/** What a model can do, and asks for. */
export type PeripheralHost = {
  /** Does something after so many seconds of virtual time; false when too much is planned already. */
  after(seconds: number, act: () => void): boolean
  /** Drives a pin of the imp, which tells the code when it changes. */
  pin(name: string, level: number): void
  /** Sends bytes into the serial port that it hangs on. */
  send(bytes: string): void
  /** Writes to the log of the device. */
  log(text: string): void
  /** Seconds since the script began. */
  now(): number
}

/** A model of a device script: where it hangs, and what it is. */
export type ModelUse = {
  /** `i2cJK`, `spi257`, `uart12`. */
  bus: string
  /** 8-bit address in hex, for I2C. */
  address?: string
  /** Pin whose low level selects it, for SPI; absent: each transfer is for it. */
  chipSelect?: string
  /** `NAME.json`, `NAME.nut`, or the name of a model that is built in. */
  use: string
  /** What the one who uses the model sets. */
  with?: Readonly<Record<string, string | number | boolean | null>>
  /** The text of the file. */
  source?: string
}
