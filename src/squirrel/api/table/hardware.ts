/** The rows of `hardware`: measurements, pins, buses, flash and samplers, and their constants. */
export const hardwareRows = `
device hardware | The pins, buses and sensors of the imp.
device .millis() -> integer | Milliseconds since the code began.
device .micros() -> integer | Microseconds since the code began.
device .voltage() -> float | The supply voltage in volts.
device .vbat() -> float [types imp003 imp004m imp006 impC001] | The voltage of the backup battery in volts.
device .lightlevel() -> integer | The light at the imp's own sensor, 0 to 65535.
device .getdeviceid() -> string | The id of the device.
device .getimpeeid() -> string [instead hardware.getdeviceid] | The id of the board that a card sits in.
device .wakereason() -> integer | Why the code began: a WAKEREASON constant.
device .configure(bus: integer) [types imp001 imp002] [instead the bus's own configure] | Once switched a group of pins to a bus.
device hardware.bluetooth [types imp004m imp006] | The Bluetooth radio.
device .open(...) [absent] | Switches the radio on; gives the object that has the methods for scans, adverts, connections and services.
device hardware.usb [types imp005 impC001] | The USB host.
device .configure(callback: function, ...) [stub] | Calls a function with the events of the port.
device .disable() [stub] | Switches the port off.
device hardware.pin [class] | A pin; hardware.pinA and so on.
device .configure(mode: integer, value?: any, callback?: any, ...) | Sets what the pin does: a DIGITAL, ANALOG or PWM constant, then what belongs to it.
device .read() -> number | The level of the pin: 0 or 1, analogue 0 to 65535.
device .write(value: number|bool) | Sets the level, or the share of time that a PWM pin is high.
device .disable() | Switches the pin off.
device .period(seconds: number) | Sets the period of a PWM pin.
device .getperiod() -> float | The period of a PWM pin in seconds.
device .getdelay() -> float [absent] | The delay of a pin that answers another one with a pulse.
device .getdutycycle() -> float | The share of time that a PWM pin is high.
device hardware.i2c [class] | An I2C bus; hardware.i2cJK and so on.
device .configure(speed: integer) [stub] | Switches the bus on at a speed.
device .write(address: integer, data: any) -> integer | Writes bytes to a device on the bus; 0, or an error below 0.
device .read(address: integer, register: any, length: integer) -> string | Writes a register's number and reads bytes; null when nobody answers.
device .readerror() -> integer | The error of the last read, 0 if there was none.
device .disable() [stub] | Switches the bus off.
device hardware.spi [class] | An SPI bus; hardware.spiEFGH and so on.
device .configure(flags: integer, kilohertz: integer) -> integer | Switches the bus on; gives the speed that it has.
device .write(data: any) -> integer | Writes bytes.
device .writeread(data: any) -> string|blob | Writes bytes and gives those that came in meanwhile.
device .readblob(length: integer) -> blob | Reads bytes as a blob.
device .readstring(length: integer) -> string | Reads bytes as a string.
device .chipselect(active: integer|bool) | Drives the bus's own select line: 1 selects.
device .disable() [stub] | Switches the bus off.
device hardware.uart [class] | A serial port; hardware.uartFG and so on.
device .configure(baud: number, bits: integer, parity: integer, stopbits: number, flags: integer, callback?: function|null) -> integer | Switches the port on; gives the speed. The function is called when bytes came.
device .write(data: any) | Sends a string, a blob or one byte.
device .read() -> integer | The next byte, -1 when there is none.
device .readstring(length?: integer) -> string | What came in, as a string.
device .readblob(length?: integer) -> blob | What came in, as a blob.
device .flush() [stub] [blocking] | Waits until all was sent.
device .disable() [stub] | Switches the port off.
device .flags() -> integer | What happened: READ_READY, WRITE_DONE and errors.
device .settxactive(pin: any, ...) [stub] | Drives a pin while the port sends.
device .setrxfifosize(bytes: integer) [stub] | Sets the size of the buffer for what comes in.
device .settxfifosize(bytes: integer) [stub] | Sets the size of the buffer for what goes out.
device .rxfifosize() -> integer | The size of the buffer for what comes in.
device .txfifosize() -> integer | The size of the buffer for what goes out.
device hardware.spiflash [types imp003 imp004m imp005 imp006 impC001] | Flash memory for the code's own data, in sectors of 4 kB.
device .enable() | Wakes the flash up.
device .disable() | Lets the flash sleep.
device .size() -> integer | Bytes that the code may use.
device .chipid() -> integer | The number of the flash chip.
device .info() -> table [types imp005] [absent] | The settings of the flash chip that is attached.
device .read(address: integer, length: integer) -> blob | Reads bytes.
device .readintoblob(address: integer, target: blob, length: integer) | Reads bytes into a blob.
device .write(address: integer, data: any, checks?: integer, start?: integer, end?: integer) -> integer | Writes bytes; bits can only be cleared. 0, or the check that failed.
device .erasesector(address: integer) | Sets all bits of a sector.
device .setspeed(hertz: integer) -> integer | Sets the speed of the flash's bus; gives the speed that it has.
device hardware.sampler [types imp001 imp002 imp003 impC001] | Samples analogue pins at a fixed rate.
device .configure(pins: any, rate: number, buffers: array, callback: function, flags?: integer) | Sets what is sampled; the function gets each full buffer.
device .start() | Starts to sample.
device .stop() | Stops after the buffer that is being filled.
device .reset() | Stops at once.
device .getsampleratehz() -> float | The rate at which it samples.
device hardware.fixedfrequencydac [types imp001 imp002 imp003 imp004m imp006] | Plays buffers on an analogue pin at a fixed rate.
device .configure(pin: any, rate: number, buffers: array, callback: function, flags?: integer) | Sets what is played; the function gets each buffer that is played out.
device .start() | Starts to play.
device .addbuffer(buffer: any) | Adds a buffer to play.
device .stop() | Stops to play, after the buffer that is being played.
device DIGITAL_OUT = 0 | Pin mode: output.
device DIGITAL_OUT_OD = 1 | Pin mode: output that only pulls low.
device DIGITAL_OUT_OD_PULLUP = 2 | Pin mode: output that pulls low, with a resistor to high.
device DIGITAL_IN = 3 | Pin mode: input.
device DIGITAL_IN_PULLUP = 4 | Pin mode: input with a resistor to high.
device DIGITAL_IN_PULLDOWN = 5 | Pin mode: input with a resistor to low.
device DIGITAL_IN_WAKEUP = 6 | Pin mode: input that wakes the imp from deep sleep.
device ANALOG_IN = 7 | Pin mode: analogue input.
device ANALOG_OUT = 8 | Pin mode: analogue output.
device PWM_OUT = 9 | Pin mode: pulses of a period and a share of time.
device PTC_IN = 10 | Pin mode: touch.
device PULSE_COUNTER = 11 | Pin mode: counts pulses.
device PULSE_OUT = 12 | Pin mode: sends a number of pulses.
device CLOCK_SPEED_10_KHZ = 10000 | I2C at 10 kHz.
device CLOCK_SPEED_50_KHZ = 50000 | I2C at 50 kHz.
device CLOCK_SPEED_100_KHZ = 100000 | I2C at 100 kHz.
device CLOCK_SPEED_400_KHZ = 400000 | I2C at 400 kHz.
device NO_ERROR = 0 | I2C: no error.
device MASTER_SELECT_ERROR = -1 | I2C: the bus could not be taken.
device TRANSMIT_SELECT_ERROR = -2 | I2C: nobody has the address.
device TRANSMIT_ERROR = -3 | I2C: a byte was not taken.
device BTF_ERROR = -4 | I2C: a transfer did not finish.
device STOP_ERROR = -5 | I2C: the bus did not stop.
device ADDR_CLEAR_ERROR = -6 | I2C: the address was not cleared.
device ADDR_RXNE_ERROR = -7 | I2C: no byte after the address.
device DATA_RXNE_ERROR = -8 | I2C: no byte came.
device SLAVE_NACKED_ERROR = -9 | I2C: the other device refused.
device MASTER_RECEIVE_SELECT_ERROR = -10 | I2C: nobody has the address to read from.
device RECEIVE_ERROR = -11 | I2C: reading failed.
device RESELECT_ERROR = -12 | I2C: the bus could not be taken again.
device NOT_ENABLED = -13 | I2C: the bus is not configured.
device PARITY_NONE = 0 | UART: no parity.
device PARITY_EVEN = 1 | UART: even parity.
device PARITY_ODD = 2 | UART: odd parity.
device NO_CTSRTS = 4 | UART: without the lines for flow control.
device NO_TX = 8 | UART: without the line that sends.
device NO_RX = 16 | UART: without the line that receives.
device TIMING_ENABLED = 32 | UART: notes when bytes came.
device READ_READY = 1 | uart.flags: bytes came.
device WRITE_DONE = 2 | uart.flags: all was sent.
device NOISE_ERROR = 4 | uart.flags: noise on the line.
device FRAME_ERROR = 8 | uart.flags: a byte without its stop bit.
device PARITY_ERROR = 16 | uart.flags: wrong parity.
device OVERRUN_ERROR = 32 | uart.flags: bytes were lost.
device LINE_IDLE = 64 | uart.flags: the line is quiet.
device SIMPLEX_RX = 1 | SPI: receives only.
device SIMPLEX_TX = 2 | SPI: sends only.
device CLOCK_IDLE_HIGH = 4 | SPI: the clock rests at high.
device CLOCK_IDLE_LOW = 0 | SPI: the clock rests at low.
device CLOCK_2ND_EDGE = 8 | SPI: bits are taken at the second edge of the clock.
device MSB_FIRST = 0 | SPI: the highest bit comes first.
device LSB_FIRST = 16 | SPI: the lowest bit comes first.
device NO_SCLK = 32 | SPI: without a clock line.
device USE_CS_L = 64 | SPI: with the bus's own select line.
device SPIFLASH_PREVERIFY = 1 | spiflash.write: check before writing that no bit has to be set.
device SPIFLASH_POSTVERIFY = 2 | spiflash.write: read back what was written.
device SPIFLASH_SPIFLASHLOGGER_OK = 0 | spiflash.write: all is well.
device NORMALISE = 1 | Sampler: use the whole range of numbers.
device FILTER = 2 | Sampler: smooth what is sampled.
device A_LAW_COMPRESS = 4 | Sampler: compress by A-law.
device A_LAW_DECOMPRESS = 1 | Player: what is played is compressed by A-law.
device AUDIO = 8 | Player: smooth what is played.
device I2C_12 = 1 [types imp001 imp002] [instead hardware.i2c12.configure] | hardware.configure: I2C on pins 1 and 2.
device I2C_89 = 2 [types imp001 imp002] [instead hardware.i2c89.configure] | hardware.configure: I2C on pins 8 and 9.
device UART_12 = 3 [types imp001 imp002] [instead hardware.uart12.configure] | hardware.configure: UART on pins 1 and 2.
device UART_57 = 4 [types imp001 imp002] [instead hardware.uart57.configure] | hardware.configure: UART on pins 5 and 7.
device UART_1289 = 5 [types imp001 imp002] [instead hardware.uart1289.configure] | hardware.configure: UART with flow control.
device SPI_189 = 6 [types imp001 imp002] [instead hardware.spi189.configure] | hardware.configure: SPI on pins 1, 8 and 9.
device SPI_257 = 7 [types imp001 imp002] [instead hardware.spi257.configure] | hardware.configure: SPI on pins 2, 5 and 7.
`
