// A TMP102 thermometer. Options: celsius (21.5), drift (degrees a second, 0), alert (the pin on its ALERT line).
class Tmp102 {
    _pointer = 0;
    _config = 0x60A0;
    _low = 75.0;
    _high = 80.0;

    constructor() {
        if ("alert" in host.options) _watch();
    }

    // The first byte written chooses a register; two more set it.
    function write(bytes) {
        _pointer = bytes[0] & 3;
        if (bytes.len() < 3) return true;
        local value = (bytes[1] << 8) | bytes[2];
        if (_pointer == 1) _config = value;
        if (_pointer == 2) _low = _degrees(value);
        if (_pointer == 3) _high = _degrees(value);
        return true;
    }

    function read(register, length) {
        if (register != null) _pointer = register[0] & 3;
        local value = [_sixteenths(celsius()), _config, _sixteenths(_low), _sixteenths(_high)][_pointer];
        return format("%c%c", (value >> 8) & 0xFF, value & 0xFF);
    }

    function celsius() {
        local start = "celsius" in host.options ? host.options.celsius : 21.5;
        local drift = "drift" in host.options ? host.options.drift : 0;
        return start + drift * host.now();
    }

    // The line is low while it is too warm, until it is cooler than the lower limit.
    function _watch() {
        local now = celsius();
        if (now >= _high) host.pin(host.options.alert, 0);
        else if (now < _low) host.pin(host.options.alert, 1);
        host.after(0.25, _watch.bindenv(this));
    }

    // Degrees are 12 bits at the top of 16, in sixteenths.
    function _sixteenths(degrees) {
        return (math.floor(degrees * 16).tointeger() << 4) & 0xFFFF;
    }

    function _degrees(value) {
        if (value & 0x8000) value = value - 0x10000;
        return (value >> 4) / 16.0;
    }
}
