"use strict";var __defProp=Object.defineProperty;var __getOwnPropDesc=Object.getOwnPropertyDescriptor;var __getOwnPropNames=Object.getOwnPropertyNames;var __hasOwnProp=Object.prototype.hasOwnProperty;var __export=(target,all)=>{for(var name in all)__defProp(target,name,{get:all[name],enumerable:!0})},__copyProps=(to,from,except,desc)=>{if(from&&typeof from=="object"||typeof from=="function")for(let key of __getOwnPropNames(from))!__hasOwnProp.call(to,key)&&key!==except&&__defProp(to,key,{get:()=>from[key],enumerable:!(desc=__getOwnPropDesc(from,key))||desc.enumerable});return to};var __toCommonJS=mod=>__copyProps(__defProp({},"__esModule",{value:!0}),mod);var stdin_exports={};__export(stdin_exports,{API:()=>API,constant:()=>constant,maskOf:()=>maskOf,rowOf:()=>rowOf,rowsFor:()=>rowsFor,signatureOf:()=>signatureOf});module.exports=__toCommonJS(stdin_exports);var import_chunk_PR53Y5EL=require("./chunk-PR53Y5EL.cjs");(0,import_chunk_PR53Y5EL.init_define_IMPT_COVERAGE_ASSETS)();var LETTERS={integer:"i",float:"f",number:"n",string:"s",table:"t",array:"a",function:"c",bool:"b",null:"o",blob:"x"};function maskOf({params,variadic}){let mask="",optional=!1;for(let param of params){param.optional&&!optional&&(mask+="["),optional||=param.optional;let letters=param.type.split("|").map(type=>LETTERS[type]??".");mask+=letters.includes(".")?".":letters.join("|")}return mask+(variadic?"*":"")}function signatureOf({path,kind,params,variadic,returns}){if(kind!=="method")return path;let words=params.map(({name,type,optional})=>`${name}${optional?"?":""}: ${type}`);return variadic&&words.push("..."),`${path}(${words.join(", ")})${returns===""?"":` -> ${returns}`}`}var LINE=/^(device|agent|both)\s+([\w.]+)(\([^)]*\))?(?:\s*->\s*([\w|]+))?(?:\s*=\s*(-?\d+))?((?:\s*\[[^\]]*\])*)\s*\|\s*(.+)$/;function parseRows(text){let prefix="";return text.trim().split(`
`).map(line=>{let[,side,name="",list,returns="",value,flags="",doc=""]=LINE.exec(line.trim())??[];if(side===void 0)throw new Error(`no row of the API: ${line}`);let path=name.startsWith(".")?prefix+name:name,words=[...flags.matchAll(/\[([^\]]*)\]/g)].map(match=>match[1]??""),flag=word=>words.find(one=>one===word||one.startsWith(`${word} `)),kind=flag("class")?"class":flag("property")?"property":value!==void 0?"constant":list!==void 0?"method":"object";(kind==="object"||kind==="class")&&(prefix=path);let params=(list??"").slice(1,-1).split(",").map(one=>one.trim()).filter(one=>one!==""),types=flag("types")?.split(" ").slice(1),instead=flag("instead")?.slice(8);return{path,kind,side,...types?{types}:{},params:params.filter(one=>one!=="...").map(parameterOf),variadic:params.includes("..."),returns,doc,...value===void 0?{}:{value:Number(value)},state:flag("absent")?"absent":flag("stub")?"stub":"full",...instead?{deprecated:instead}:{},blocking:flag("blocking")!==void 0}})}function parameterOf(text){let[name="",type="any"]=text.split(/\s*:\s*/),optional=name.endsWith("?");return{name:optional?name.slice(0,-1):name,type,optional}}(0,import_chunk_PR53Y5EL.init_define_IMPT_COVERAGE_ASSETS)(),(0,import_chunk_PR53Y5EL.init_define_IMPT_COVERAGE_ASSETS)();var hardwareRows=`
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
device .open(...) [absent] | Switches the radio on.
device hardware.usb [types imp005 impC001] | The USB host.
device .configure(callback: function, ...) [stub] | Calls a function with the events of the port.
device .disable() [stub] | Switches the port off.
device hardware.pin [class] | A pin; hardware.pinA and so on.
device .configure(mode: integer, value?: any, callback?: any, ...) | Sets what the pin does: a DIGITAL, ANALOG or PWM constant, then what belongs to it.
device .read() -> number | The level of the pin: 0 or 1, analogue 0 to 65535.
device .write(value: number|bool) | Sets the level, or the share of time that a PWM pin is high.
device .disable() | Switches the pin off.
device .period(seconds: number) [stub] | Sets the period of a PWM pin.
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
`;(0,import_chunk_PR53Y5EL.init_define_IMPT_COVERAGE_ASSETS)();var hashes=["md5","sha1","sha256","sha512"],httpRows=`
both http | Encodings; on agents also requests to and from the internet.
both .jsonencode(value: any, options?: table) -> string | The JSON text of a value.
both .jsondecode(text: any) -> any | The value of a JSON text.
both .urlencode(table: table) -> string | The slots of a table as the query of a URL.
both .urldecode(text: string) -> table | The slots of a query.
both .base64encode(data: any) -> string | Bytes as base64.
both .base64decode(text: string) -> blob | The bytes of a base64 text.
both .agenturl() -> string | The URL under which the agent answers.
agent .request(method: string, url: string, headers?: table|null, body?: any) -> httprequest | Prepares a request with any method.
agent .get(url: string, headers?: table|null) -> httprequest | Prepares a GET request.
agent .post(url: string, headers: table|null, body: any) -> httprequest | Prepares a POST request.
agent .put(url: string, headers: table|null, body: any) -> httprequest | Prepares a PUT request.
agent .httpdelete(url: string, headers?: table|null) -> httprequest | Prepares a DELETE request.
agent .onrequest(callback: function|null) | Calls a function with each request to the agent's URL and the response to fill.
both http.hash | Digests of bytes, as blobs.
${hashes.flatMap(name=>[`both .${name}(data: any) -> blob | The ${name.toUpperCase()} digest of bytes.`,`both .hmac${name}(data: any, key: any) -> blob | The ${name.toUpperCase()} digest of bytes with a key.`]).join(`
`)}
agent httprequest [class] | A request that http.get and its like prepared.
agent .sendsync() -> table [blocking] | Sends the request and gives the answer: statuscode, headers, body.
agent .sendasync(done: function|null, stream?: function|null, timeout?: number) | Sends the request; functions get the answer, and the pieces of its body.
agent .cancel() | Forgets a request that was sent.
agent .setvalidation(how: integer) [stub] | How the certificate of the other host is checked.
agent httpresponse [class] | The answer to a request to the agent's URL.
agent .send(status: number, body?: any) | Sends the answer.
agent .header(name: string, value: any) | Sets a header of the answer.
agent VALIDATE_NONE = 0 | Certificates of other hosts are not checked.
agent VALIDATE_USING_DEVICE_CERT = 1 | They are checked against the device's own.
agent VALIDATE_USING_SYSTEM_CA_CERTS = 2 | They are checked against the usual authorities.
both crypto | Digests, signatures and ciphers.
both .equals(one: any, other: any) -> bool | Whether bytes are the same, in a time that does not depend on where they differ.
both .hmacsha256(data: any, key: any) -> blob | The SHA256 digest of bytes with a key.
both .sha1(data: any) -> blob | The SHA1 digest of bytes.
both .sha256(data: any) -> blob | The SHA256 digest of bytes.
both .sha512(data: any) -> blob | The SHA512 digest of bytes.
both .random(length: integer) -> blob | Random bytes.
agent .sign(algorithm: integer, data: any, key: any) -> blob | Signs bytes with a private key.
agent .verify(algorithm: integer, data: any, signature: any, key: any) -> bool | Whether a signature is that of a public key over bytes.
both crypto.RSASSA_PKCS1_SHA256 = 1 | crypto.sign: RSA with SHA256.
both crypto.ECDSA_SHA256 = 2 | crypto.sign: elliptic curves with SHA256.
both crypto.aescbc | AES in CBC mode.
both .encrypt(key: any, data: any, start: any) -> blob | Encrypts blocks of 16 bytes.
both .decrypt(key: any, data: any, start: any) -> blob | Decrypts blocks of 16 bytes.
both RSA_SHA256 = 1 [instead crypto.RSASSA_PKCS1_SHA256] | crypto.sign: RSA with SHA256.
both ECDSA_SHA256 = 2 [instead crypto.ECDSA_SHA256] | crypto.sign: elliptic curves with SHA256.
agent regexp2 [property] | A class of regular expressions with the syntax of RE2, without surprises in time.
`;(0,import_chunk_PR53Y5EL.init_define_IMPT_COVERAGE_ASSETS)();var impRows=`
both imp | The imp that the code runs on: timers, power, network, and facts about the device.
both .wakeup(seconds: number, callback: function) -> timer | Calls a function once, so many seconds from now. Gives a timer for imp.cancelwakeup.
both .cancelwakeup(timer: any) | Forgets a timer that imp.wakeup gave.
both .environment() -> integer | What runs the code: ENVIRONMENT_CARD, ENVIRONMENT_MODULE or ENVIRONMENT_AGENT.
both .sleep(seconds: number) [blocking] | Waits; nothing else of this side happens meanwhile.
both .getmemoryfree() -> integer | Bytes of memory that the code may still take.
both .lasttrace() -> array | Not on real imps: the places of the error that was caught last, innermost first, as "function:file:line". For test frameworks.
both .configparams [property] | A table with the device's id and, when it was enrolled, what its enrolment gave.
device .onunhandledexception(callback: function|null) | Calls a function with an error that no code caught, instead of the usual restart.
device .onidle(callback: function|null) | Calls a function once, when the device has nothing else to do.
device .deepsleepfor(seconds: number) | Ends the code and switches the device off; it begins anew after so many seconds.
device .deepsleepuntil(hour: integer, minute: integer, second?: integer, weekday?: integer) | The same up to a time of day (UTC), perhaps of a day of the week (0 is Sunday).
device .reset() | Restarts the device as if by its reset line.
device .getmacaddress() -> string [instead imp.net.info()] | The hardware address of the device's network interface.
device .getssid() -> string [instead imp.net.info()] | The name of the network that the device is in.
device .getbssid() -> string [instead imp.net.info()] | The hardware address of the access point.
device .rssi() -> integer [instead imp.net.info()] | Strength of the radio signal in dBm, 0 without a network.
device .getrssi() -> integer [instead imp.net.info()] | Strength of the radio signal in dBm, 0 without a network.
device .getsoftwareversion() -> string | The version of the device's operating system.
device .info() -> table | The type of the imp and its device id.
device .setpowersave(on: bool) | Lets the radio save power at the cost of time.
device .getpowersave() -> bool | Whether the radio saves power.
device .setpoweren(on: bool) [stub] | Drives the line that powers attached circuits, where the imp has one.
device .enableblinkup(on: bool) [stub] | Allows or forbids that a phone configures the device by light.
device .setwificonfiguration(ssid: string|null, password?: string|null) [stub] | Sets the network that the device joins.
device .clearconfiguration(what?: integer) [stub] | Forgets the device's network settings.
device .setcountry(country: integer) [stub] | Sets the country whose rules the radio follows.
device .getcountry() -> integer | The country whose rules the radio follows.
device .setproxy(address: any, ...) [stub] | Sends all traffic through a proxy.
device .clearproxy() [stub] | Stops using a proxy.
device .setstaticnetworkconfiguration(settings: any, ...) [stub] | Sets a fixed address instead of one that the network gives.
device .scanwifinetworks(callback?: function|null) -> array | The networks in reach; with a function, it gets them later.
device .setuserconfiguration(data: any) | Keeps a string or blob over restarts and new code.
device .getuserconfiguration() -> blob | What imp.setuserconfiguration kept, null if nothing.
device .setsendbuffersize(bytes: integer) -> integer | Sets the size of the buffer for what is sent; gives the size before.
device .configure(name: string, inputs: array, outputs: array) -> string [instead nothing: it has no effect] [types imp001 imp002 imp003 imp004m imp005 imp006] | Once named the device and its ports for a planner that is no more.
device imp.net | The network interfaces of the device.
device .info() -> table | All about the interfaces, the address and the radio.
device .getcellinfo(callback: function) | Asks a cellular modem about its cell; the function gets the answer as a string.
device .ping(host: any, ...) [absent] | Sends an echo request to a host.
device .open(settings: any, ...) [absent] | Opens a local socket.
both timer [class] | What imp.wakeup gives.
both ENVIRONMENT_CARD = 0 | imp.environment: the code runs on a card.
both ENVIRONMENT_MODULE = 1 | imp.environment: the code runs on a module.
both ENVIRONMENT_AGENT = 2 | imp.environment: the code runs on an agent.
device CLEAR_CONFIG_WIFI = 1 | imp.clearconfiguration: the WLAN settings.
device CLEAR_CONFIG_NON_WIFI = 2 | imp.clearconfiguration: all but the WLAN settings.
device CLEAR_CONFIG_ALL = 255 | imp.clearconfiguration: everything.
device WAKEREASON_POWER_ON = 0 | The device got power.
device WAKEREASON_TIMER = 1 | A deep sleep is over.
device WAKEREASON_SW_RESET = 2 | The code asked for a reset, or memory ran out.
device WAKEREASON_PIN = 3 | A pin woke the device.
device WAKEREASON_PIN1 = 3 [instead WAKEREASON_PIN] | A pin woke the device.
device WAKEREASON_NEW_SQUIRREL = 4 | New code came.
device WAKEREASON_SQUIRREL_ERROR = 5 | The code before ended with an error.
device WAKEREASON_NEW_FIRMWARE = 6 | A new operating system came.
device WAKEREASON_SNOOZE = 7 | The device tries again to connect.
device WAKEREASON_HW_RESET = 8 | The reset line was pulled.
device WAKEREASON_BLINKUP = 9 | The device was configured anew.
device WAKEREASON_SW_RESTART = 10 | The code asked for a restart.
device nv [property] [types imp001 imp002 imp003 imp005 imp006 impC001] | A table that survives deep sleep and restarts, but no loss of power.
`;(0,import_chunk_PR53Y5EL.init_define_IMPT_COVERAGE_ASSETS)();var serverRows=`
both server | The log, the device's connection, and what the agent keeps.
both .log(value: any) -> integer | Writes a line to the device's log; 0 when it was sent.
both .error(value: any) -> integer | Writes an error line to the device's log; 0 when it was sent.
agent .save(data: table) -> integer | Keeps a table of at most 64 kB over restarts of the agent.
agent .load() -> table | What server.save kept; an empty table if nothing.
device .isconnected() -> bool | Whether the device is connected to the cloud.
device .connect(callback?: function|null, timeout?: number) -> integer [blocking] | Connects; with a function at once, which gets the outcome later.
device .disconnect() | Closes the connection in good order.
device .flush(timeout?: number) -> integer [blocking] | Waits until all that was sent has left.
device .setsendtimeoutpolicy(policy: integer, wait: integer, timeout: number) | What happens when something cannot be sent: wait for the network, or give an error.
device .onunexpecteddisconnect(callback: function|null) | Calls a function when the connection breaks.
device .onshutdown(callback: function|null) | Calls a function before new code or a new system is installed; it calls server.restart when it is ready.
device .restart() | Restarts the code, with the new one if there is any.
device .sleepfor(seconds: number) | Disconnects and switches the device off for so many seconds.
device .sleepuntil(hour: integer, minute: integer, second?: integer, weekday?: integer) | Disconnects and switches the device off up to a time of day (UTC).
device .bless(success: bool, callback?: function|null) | Tells the cloud that the device passed its test in the factory.
device .factoryblinkup(ssid: string, password: string, pin: any, flags: integer) [stub] | Configures another device by light, on a fixture in the factory.
device .expectonlinein(seconds: number) [stub] | Tells the cloud when the device will be back, so that it is not taken for lost.
device .show(text: any) [instead nothing: it has no effect] | Once showed a text in a planner that is no more.
device agent | The agent as its device sees it.
device .on(name: string, callback: function|null) | Calls a function with the data of each message of a name from the agent.
device .send(name: string, data: any) -> integer | Sends a message to the agent; 0 when it was sent.
agent device | The device as its agent sees it.
agent .on(name: string, callback: function|null) | Calls a function with the data of each message of a name from the device.
agent .send(name: string, data: any) -> integer | Sends a message to the device; 0 when it was sent.
agent .isconnected() -> bool | Whether the device is connected to the cloud.
agent .onconnect(callback: function|null) | Calls a function when the device has connected.
agent .ondisconnect(callback: function|null) | Calls a function when the device is gone.
agent mqtt | Connections to MQTT brokers.
agent .createclient() [absent] | Makes a client of an MQTT broker.
both SUSPEND_ON_ERROR = 0 | Policy: code stops until the network is back.
both RETURN_ON_ERROR = 1 | Policy: sending gives an error, and the connection is closed.
both RETURN_ON_ERROR_NO_DISCONNECT = 2 | Policy: sending gives an error, and the connection stays.
both WAIT_TIL_SENT = 0 | Policy: what was handed to the network is sent.
both WAIT_FOR_ACK = 1 | Policy: what the server confirmed is sent.
both NO_WIFI = 1 | The network did not let the device in.
both NO_LINK = 1 | The cable carries no signal.
both NO_IP_ADDRESS = 2 | The network gave no address.
both NOT_RESOLVED = 3 | The server's name has no address.
both NO_SERVER = 4 | The server did not answer.
both SERVER_CONNECTED = 5 | The device is connected.
both NO_PROXY = 6 | The proxy did not answer.
both NOT_AUTHORISED = 7 | The proxy refused.
device NO_MODEM = 8 | The cellular modem did not start.
device SIM_ERROR = 9 | The SIM card cannot be used.
device NO_REGISTRATION = 10 | No cellular network took the device in.
device REGISTRATION_DENIED = 11 | The cellular network refused.
device NO_PPP_CONNECTION = 12 | No data connection came about.
device PPP_NO_CONNECTIVITY = 13 | The data connection carries nothing.
both SEND_ERROR_NONE = 0 | It was sent.
both SEND_ERROR_TIMEOUT = 1 | It took too long.
both SEND_ERROR_WOULDBLOCK = 2 | It would have to wait.
both SEND_ERROR_NOT_CONNECTED = 3 | There is no connection.
both SEND_ERROR_DISCARDED = 4 | It was thrown away, for example because it is too large.
both SHUTDOWN_OTHER = 0 | Another reason.
both SHUTDOWN_NEWSQUIRREL = 1 | New code waits.
both SHUTDOWN_NEWFIRMWARE = 2 | A new system waits.
device BLINKUP_FAST = 1 | server.factoryblinkup: flash at 142 Hz instead of 60.
device BLINKUP_ACTIVEHIGH = 2 | server.factoryblinkup: the light is on when the pin is high.
`,API=[impRows,serverRows,httpRows,hardwareRows].flatMap(parseRows),byPath=groups();function rowOf(path,side){return(byPath.get(path)??[]).find(row=>side===void 0||row.side==="both"||row.side===side)}function constant(path){let value=rowOf(path)?.value;if(value===void 0)throw new Error(`the API has no constant ${path}`);return value}function rowsFor(side,type){return API.filter(row=>(row.side==="both"||row.side===side)&&(row.types===void 0||row.types.includes(type)))}function groups(){let found=new Map;for(let row of API)found.set(row.path,[...found.get(row.path)??[],row]);return found}0&&(module.exports={API,constant,maskOf,rowOf,rowsFor,signatureOf});
