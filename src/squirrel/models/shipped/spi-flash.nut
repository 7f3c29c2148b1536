// An SPI flash. Options: size (bytes, 65536), busy (seconds that writing takes, 0.003).
class SpiFlash {
    static SECTOR = 4096;
    static PAGE = 256;

    _memory = null;
    _command = null;
    _sent = 0;
    _address = 0;
    _enabled = false;
    _busy = false;
    _page = null;

    constructor() {
        local size = "size" in host.options ? host.options.size : 65536;
        _memory = blob(size);
        _fill(0, size);
    }

    // A transfer begins and ends with the select line; what was programmed or erased is written at its end.
    function select(active) {
        if (!active) _finish();
        _command = null;
        _sent = 0;
        _address = 0;
        _page = [];
    }

    function transfer(bytes) {
        local answer = blob();
        foreach (byte in bytes) answer.writen(_exchange(byte & 0xFF), 'b');
        return answer;
    }

    function _exchange(byte) {
        local at = _sent++;
        if (at == 0) {
            _command = byte;
            return 0;
        }
        switch (_command) {
            case 0x9F: return [0xEF, 0x40, 0x10][(at - 1) % 3];
            case 0x05: return (_busy ? 1 : 0) | (_enabled ? 2 : 0);
        }
        if (at <= 3) {
            _address = (_address << 8) | byte;
            return 0;
        }
        if (_command == 0x03 && !_busy) return _memory[(_address + at - 4) % _memory.len()];
        if (_command == 0x02) _page.push(byte);
        return 0;
    }

    function _finish() {
        if (_command == 0x06) _enabled = true;
        if (_command == 0x04) _enabled = false;
        if (!_enabled || _busy) return;
        if (_command == 0x02 && _page.len() > 0) _program();
        else if (_command == 0x20 && _sent >= 4) _fill(_address / SECTOR * SECTOR, SECTOR);
        else if (_command == 0xC7 || _command == 0x60) _fill(0, _memory.len());
        else return;
        _enabled = false;
        _busy = true;
        host.after("busy" in host.options ? host.options.busy : 0.003, function() { _busy = false }.bindenv(this));
    }

    // Programming only clears bits, and goes round within a page.
    function _program() {
        local page = _address / PAGE * PAGE;
        foreach (i, byte in _page) {
            local at = (page + (_address + i) % PAGE) % _memory.len();
            _memory[at] = _memory[at] & byte;
        }
    }

    function _fill(from, length) {
        for (local i = 0; i < length; i++) _memory[(from + i) % _memory.len()] = 0xFF;
    }
}
