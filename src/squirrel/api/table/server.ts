/** The rows of `server`, `agent`, `device` and `mqtt`, and the constants of connections. */
export const serverRows = `
both server | The log, the device's connection, and what the agent keeps.
both .log(value: any) -> integer | Writes a line to the device's log; 0 when it was sent.
both .error(value: any) -> integer | Writes an error line to the device's log; 0 when it was sent.
agent .save(data: table) -> integer | Keeps a table of at most 64 kB over restarts of the agent.
agent .load() -> table | What server.save kept; an empty table if nothing.
device .isconnected() -> bool | Whether the device is connected to the cloud.
device .connect(callback?: function|null, timeout?: number) -> integer [blocking] | Connects; with a function at once, which gets the outcome later.
device .connectwith(config: table, callback?: function|null, timeout?: number) [absent] | Connects through the network interface of a table.
device .disconnect() | Closes the connection in good order.
device .flush(timeout?: number) -> integer [blocking] | Waits until all that was sent has left.
device .setsendtimeoutpolicy(policy: integer, wait: integer, timeout: number) | What happens when something cannot be sent: wait for the network, or give an error.
device .onunexpecteddisconnect(callback: function|null) | Calls a function when the connection breaks.
device .onshutdown(callback: function|null) | Calls a function before new code or a new system is installed; it calls server.restart when it is ready.
both .restart() | Restarts the code of the device or of the agent that calls it, with the new one if there is any.
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
agent .info() -> table | The device's id, isconnected, and the ipaddress it was seen at, empty if it has not been since the agent began.
agent .isconnected() -> bool | Whether the device is connected to the cloud.
agent .onconnect(callback: function|null) | Calls a function when the device has connected.
agent .ondisconnect(callback: function|null) | Calls a function when the device is gone.
agent amqp | Connections to AMQP brokers.
agent .openconnection(url: string, callback: function, ...) [absent] | Connects to an AMQP broker.
agent .createmessage(body: string, properties?: table|null) [absent] | Makes a message of text.
agent .createbinarymessage(body: string|blob, properties?: table|null) [absent] | Makes a message of bytes.
agent mqtt | Connections to MQTT brokers. Here all end at one of the device's own, whatever host they name.
agent .createclient() -> mqttclient | Makes a client of an MQTT broker; one can be connected at a time.
agent .AT_MOST_ONCE = 0 | Quality of service: sent once, without confirmation.
agent .AT_LEAST_ONCE = 1 | Quality of service: sent until it is confirmed, perhaps more than once.
agent .EXACTLY_ONCE = 2 | Quality of service: delivered once.
agent mqttclient [class] | A client that mqtt.createclient made.
agent .connect(url: string, clientid: string, options?: table|null) | Connects to a tcp:// or ssl:// URL; options are username, password, keepalive, willtopic and willmessage.
agent .disconnect(callback?: function|null) | Closes the connection in good order.
agent .createmessage(topic: string|blob, message: string|blob, options?: table|null) -> mqttmessage | Makes a message of at most 256 kB; options are qos and retain.
agent .subscribe(topics: any, qos?: any, callback?: function|null) -> integer | Asks for the messages of a topic or of up to ten, with + and # as wildcards; the function gets the quality granted.
agent .unsubscribe(topics: any, callback?: function|null) -> integer | Asks for them no more.
agent .onconnect(callback: function|null) | Calls a function with the result of a connection: 0, or why it was refused.
agent .onconnectionlost(callback: function|null) | Calls a function when the connection breaks.
agent .onmessage(callback: function|null) | Calls a function with a table of each message: topic, message (a blob), qos, retain, dup.
agent mqttmessage [class] | A message that mqttclient.createmessage made.
agent .sendasync(callback?: function|null) | Publishes the message; the function gets 0, or an error below 0.
both SUSPEND_ON_ERROR = 0 | Policy: code stops until the network is back.
both RETURN_ON_ERROR = 1 | Policy: sending gives an error, and the connection is closed.
both RETURN_ON_ERROR_NO_DISCONNECT = 2 | Policy: sending gives an error, and the connection stays.
both WAIT_TIL_SENT = 0 | Policy: what was handed to the network is sent.
both WAIT_FOR_ACK = 1 | Policy: what the server confirmed is sent.
both NOT_CONNECTED = 0 | The device cannot connect, for another reason than the ones below.
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
both SEND_ERROR_NOT_CONNECTED = 1 | There is no connection.
both SEND_ERROR_TIMEOUT = 2 | It took too long.
both SEND_ERROR_DISCONNECTED = 3 | The connection broke before all was sent.
both SEND_ERROR_WOULDBLOCK = 4 | It would have to wait.
both SEND_ERROR_DISCARDED = 5 | It was thrown away, for example because it is too large.
both SHUTDOWN_OTHER = 3 | Another reason.
both SHUTDOWN_NEWSQUIRREL = 1 | New code waits.
both SHUTDOWN_NEWFIRMWARE = 2 | A new system waits.
device BLINKUP_FAST = 1 | server.factoryblinkup: flash at 142 Hz instead of 60.
device BLINKUP_ACTIVEHIGH = 2 | server.factoryblinkup: the light is on when the pin is high.
`
