// The average of the latest readings of a sensor.
class RollingAverage {

    _readings = null;
    _size = null;

    // size: how many readings count; at least 1.
    constructor(size) {
        if (size < 1) throw "a rolling average needs at least one reading";
        _readings = [];
        _size = size;
    }

    function add(reading) {
        _readings.push(reading);
        if (_readings.len() > _size) _readings.remove(0);
        return this;
    }

    // null before the first reading.
    function value() {
        if (_readings.len() == 0) return null;
        local sum = 0.0;
        foreach (reading in _readings) sum += reading;
        return sum / _readings.len();
    }
}
