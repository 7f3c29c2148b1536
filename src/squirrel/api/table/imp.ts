/** The rows of `imp`, timers, and the constants of restarts and environments. */
export const impRows = `
both imp | The imp that the code runs on: timers, power, network, and facts about the device.
both .wakeup(seconds: number, callback: function, name?: string) -> timer | Calls a function once, so many seconds from now. Gives a timer for imp.cancelwakeup, which on agents takes its name too.
both .cancelwakeup(timer: any) | Forgets a timer that imp.wakeup gave; on agents also by its name.
both .environment() -> integer | What runs the code: ENVIRONMENT_CARD, ENVIRONMENT_MODULE or ENVIRONMENT_AGENT.
both .sleep(seconds: number) [blocking] | Waits; nothing else of this side happens meanwhile.
both .getmemoryfree() -> integer | Bytes of memory that the code may still take.
both .lasttrace() -> array | Not on real imps: the places of the error that was caught last, innermost first, as "function:file:line". For test frameworks.
both .configparams [property] | A table with the device's id and, when it was enrolled, what its enrolment gave.
both .onunhandledexception(callback: function|null) | Calls a function with an error that no code caught, instead of the usual restart.
device .onidle(callback: function|null) | Calls a function once, when the device has nothing else to do.
device .deepsleepfor(seconds: number) | Ends the code and switches the device off; it begins anew after so many seconds.
device .deepsleepuntil(hour: integer, minute: integer, second?: integer, weekday?: integer) | The same up to a time of day (UTC), perhaps of a day of the week (0 is Sunday).
device .reset() | Restarts the device as if by its reset line.
device .getmacaddress() -> string [instead imp.net.info()] | The hardware address of the device's network interface.
device .getssid() -> string [instead imp.net.info()] | The name of the network that the device is in.
device .getbssid() -> string [instead imp.net.info()] | The hardware address of the access point.
device .rssi() -> integer [instead imp.net.info()] | Strength of the radio signal in dBm, 0 without a network.
device .getrssi() -> integer [instead imp.net.info()] | Strength of the radio signal in dBm, 0 without a network.
device .getbootromversion() [absent] | The version of the device's boot program.
both .getsoftwareversion() -> string | The version of the operating system of the device or agent.
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
device .getcurrentconfig() -> table [absent] | The settings of the network interface through which the device is connected.
device .setserverinterfaces(interfaces: any, ...) [absent] | Says through which network interfaces the device may connect to the cloud.
device .UNKNOWN = -1 | State of a network interface: idle, or not known.
device .STARTING = 0 | State of a network interface: it starts.
device .CONNECTED = 1 | State of a network interface: it is connected.
device .WIFI_SCANNING = 100 | State of a network interface: looks for networks.
device .WIFI_JOINING = 101 | State of a network interface: joins a network.
device .WIFI_WPSING = 102 | State of a network interface: WPS is under way.
device .WIFI_LINK_UP = 103 | State of a network interface: joined, without an address.
device .WIFI_DHCPING = 104 | State of a network interface: asks for an address.
device .WIFI_STOPPED = 105 | State of a network interface: stopped.
device .WIFI_STOPPED_UNHAPPY = 106 | State of a network interface: stopped by a fault.
device .ETHERNET_LINK_UP = 200 | State of a network interface: the cable carries a signal.
device .ETHERNET_DHCPING = 201 | State of a network interface: asks for an address.
device .ETHERNET_STOPPED = 202 | State of a network interface: stopped.
device .ETHERNET_STOPPED_UNHAPPY = 203 | State of a network interface: stopped by a fault.
device .ETHERNET_STOPPED_NO_LINK = 204 | State of a network interface: stopped, the cable carries no signal.
device .CELLULAR_PINGING = 300 | State of a network interface: asks for the modem.
device .CELLULAR_WAITING_FOR_SIM = 301 | State of a network interface: waits for the SIM card.
device .CELLULAR_PPP_CONNECTING = 302 | State of a network interface: makes a data connection.
device .CELLULAR_REGISTERING = 303 | State of a network interface: registers with a network.
device .CELLULAR_REGISTRATION_DENIED = 304 | State of a network interface: the network refused.
device .CELLULAR_STOPPED = 305 | State of a network interface: stopped.
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
device WAKEREASON_POWER_RESTORED = 11 | The device's main supply came back while its battery supply was there.
device nv [property] [types imp001 imp002 imp003 imp005 imp006 impC001] | A table that survives deep sleep and restarts, but no loss of power.
`
