/**
 * The members of the imp API that the vendor documents (developer.electricimp.com/api, a page for each), written down by hand from these pages and
 * not from our table: `D` stands for devices, `A` for agents, `B` for both. Members of objects that only others give have the name of their class.
 */
const text = `
D agent: on send
D hardware: getdeviceid getimpeeid lightlevel micros millis vbat voltage wakereason
D hardware.bluetooth: open
D hardware.fixedfrequencydac: addbuffer configure start stop
D hardware.i2c: configure disable read readerror write
D hardware.pin: configure disable getdelay getdutycycle getperiod read write
D hardware.sampler: configure getsampleratehz reset start stop
D hardware.spi: chipselect configure disable readblob readstring write writeread
D hardware.spiflash: chipid disable enable erasesector info read readintoblob setspeed size write
D hardware.uart: configure disable flags flush read readblob readstring rxfifosize setrxfifosize settxactive settxfifosize txfifosize write
D hardware.usb: configure disable
B imp: cancelwakeup configparams environment getmemoryfree getsoftwareversion sleep wakeup
B imp: onunhandledexception
D imp: clearconfiguration clearproxy deepsleepfor deepsleepuntil enableblinkup getbootromversion getcountry getpowersave getuserconfiguration info onidle reset scanwifinetworks setcountry setpoweren setpowersave setproxy setsendbuffersize setstaticnetworkconfiguration setuserconfiguration setwificonfiguration
D imp: getbssid getmacaddress getssid rssi
D imp.net: getcellinfo getcurrentconfig info open setserverinterfaces
B server: error log restart
D server: bless connect connectwith disconnect expectonlinein factoryblinkup flush isconnected onshutdown onunexpecteddisconnect setsendtimeoutpolicy sleepfor sleepuntil
A server: load save
A device: info isconnected on onconnect ondisconnect send
A amqp: createbinarymessage createmessage openconnection
A mqtt: createclient
A mqttclient: connect createmessage disconnect onconnect onconnectionlost onmessage subscribe unsubscribe
A mqttmessage: sendasync
B http: agenturl base64decode base64encode jsondecode jsonencode urldecode urlencode
A http: get httpdelete onrequest post put request
B http.hash: hmacmd5 hmacsha1 hmacsha256 hmacsha512 md5 sha1 sha256 sha512
A httprequest: cancel sendasync sendsync setvalidation
A httpresponse: header send
B crypto: equals hmacsha256 random sha1 sha256 sha512
A crypto: sign verify
`

/** Constants and their values, where the pages give them. */
const values = `
WAKEREASON_POWER_ON=0 WAKEREASON_TIMER=1 WAKEREASON_SW_RESET=2 WAKEREASON_PIN=3 WAKEREASON_NEW_SQUIRREL=4 WAKEREASON_SQUIRREL_ERROR=5
WAKEREASON_NEW_FIRMWARE=6 WAKEREASON_SNOOZE=7 WAKEREASON_HW_RESET=8 WAKEREASON_BLINKUP=9 WAKEREASON_SW_RESTART=10 WAKEREASON_POWER_RESTORED=11
SEND_ERROR_NOT_CONNECTED=1 SEND_ERROR_TIMEOUT=2 SEND_ERROR_DISCONNECTED=3 SEND_ERROR_WOULDBLOCK=4
SHUTDOWN_NEWSQUIRREL=1 SHUTDOWN_NEWFIRMWARE=2 SHUTDOWN_OTHER=3
NOT_CONNECTED=0 NO_WIFI=1 NO_LINK=1 NO_IP_ADDRESS=2 NOT_RESOLVED=3 NO_SERVER=4 SERVER_CONNECTED=5
mqtt.AT_MOST_ONCE=0 mqtt.AT_LEAST_ONCE=1 mqtt.EXACTLY_ONCE=2
imp.net.UNKNOWN=-1 imp.net.STARTING=0 imp.net.CONNECTED=1 imp.net.WIFI_STOPPED=105 imp.net.ETHERNET_STOPPED_NO_LINK=204 imp.net.CELLULAR_STOPPED=305
`

type DocumentedMember = { side: 'device' | 'agent'; path: string }

/** Every member on each of its sides. */
export const documentedMembers: readonly DocumentedMember[] = text
  .trim()
  .split('\n')
  .flatMap((line) => {
    const [, sides = '', owner = '', names = ''] = /^([DAB]) ([\w.]+): (.+)$/.exec(line) ?? []
    return names
      .split(' ')
      .flatMap((name) =>
        (sides === 'B'
          ? (['device', 'agent'] as const)
          : sides === 'D'
            ? (['device'] as const)
            : (['agent'] as const)
        ).map((side) => ({ side, path: `${owner}.${name}` })),
      )
  })

export const documentedConstants: readonly (readonly [name: string, value: number])[] = values
  .trim()
  .split(/\s+/)
  .map((word) => {
    const [name = '', value = ''] = word.split('=')
    return [name, Number(value)] as const
  })
