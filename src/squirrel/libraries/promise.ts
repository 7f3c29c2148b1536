/** Promises in Squirrel with the interface of version 4.0 of the platform's library; runs on real devices as well. */
export const promise = String.raw`
// Promises: then, fail, finally; Promise.resolve, reject, all, race, serial, loop. Handlers run from the event loop, never at once.
class Promise {

    static VERSION = "4.0.0";

    static PENDING = 0;
    static FULFILLED = 1;
    static REJECTED = 2;

    _state = 0;
    _value = null;
    _decided = false;
    _handled = false;
    _handlers = null;

    // action(resolve, reject) is called at once; what it throws rejects the promise.
    constructor(action) {
        _handlers = [];
        try {
            action(_resolve.bindenv(this), _reject.bindenv(this));
        } catch (error) {
            _reject(error);
        }
    }

    // A promise for what the handler returns; without a handler for the outcome, for the outcome itself.
    function then(onFulfilled = null, onRejected = null) {
        local next = Promise(@(resolve, reject) null);
        _handlers.push([onFulfilled, onRejected, next]);
        if (_state != PENDING) _schedule();
        return next;
    }

    function fail(onRejected) {
        return then(null, onRejected);
    }

    function finally(handler) {
        return then(handler, handler);
    }

    static function resolve(value = null) {
        return Promise(@(resolve, reject) resolve(value));
    }

    static function reject(reason = null) {
        local promise = Promise(@(resolve, reject) reject(reason));
        return promise;
    }

    // Fulfilled with an array of all values when all are; rejected with the first reason.
    static function all(series) {
        return Promise(function(resolve, reject) {
            local values = array(series.len());
            local missing = series.len();
            if (missing == 0) return resolve(values);
            foreach (place, item in series) {
                local at = place;
                Promise._start(item).then(function(value) {
                    values[at] = value;
                    if (--missing == 0) resolve(values);
                }, reject);
            }
        });
    }

    // Settled as the first of the series that settles.
    static function race(series) {
        return Promise(function(resolve, reject) {
            foreach (item in series) Promise._start(item).then(resolve, reject);
        });
    }

    // One after the other; fulfilled with the last value, rejected with the first reason.
    static function serial(series) {
        local at = 0;
        return Promise.loop(@() at < series.len(), @() Promise._start(series[at++]));
    }

    // Calls next() and waits for its promise as long as goesOn() is true; fulfilled with the last value.
    static function loop(goesOn, next) {
        return Promise(function(resolve, reject) {
            local step = null;
            step = function(last) {
                try {
                    if (!goesOn()) return resolve(last);
                    Promise._start(next()).then(step, reject);
                } catch (error) {
                    reject(error);
                }
            };
            step(null);
        });
    }

    // A promise for an item of a series: a promise, a function that gives one, or a value.
    static function _start(item) {
        if (typeof item == "function") {
            try {
                item = item();
            } catch (error) {
                return Promise.reject(error);
            }
        }
        return (item instanceof Promise) ? item : Promise.resolve(item);
    }

    function _resolve(value = null) {
        if (_decided) return;
        _decided = true;
        if (_isThenable(value)) _follow(value);
        else _settle(FULFILLED, value);
    }

    function _reject(reason = null) {
        if (_decided) return;
        _decided = true;
        _settle(REJECTED, reason);
    }

    function _isThenable(value) {
        local kind = type(value);
        return (kind == "instance" || kind == "table") && "then" in value && type(value.then) == "function";
    }

    function _follow(other) {
        local open = true;
        local promise = this;
        try {
            other.then(function(value = null) {
                if (open) {
                    open = false;
                    if (promise._isThenable(value)) promise._follow(value);
                    else promise._settle(promise.FULFILLED, value);
                }
            }, function(reason = null) {
                if (open) {
                    open = false;
                    promise._settle(promise.REJECTED, reason);
                }
            });
        } catch (error) {
            if (open) {
                open = false;
                _settle(REJECTED, error);
            }
        }
    }

    function _settle(state, value) {
        _state = state;
        _value = value;
        _schedule();
    }

    function _schedule() {
        imp.wakeup(0, _run.bindenv(this));
    }

    function _run() {
        local handlers = _handlers;
        if (handlers.len() > 0) _handled = true;
        // Somebody may still come; a reason nobody has asked for by now is worth a line.
        else if (_state == REJECTED && !_handled) server.error("Unhandled promise rejection: " + _value);
        _handlers = [];
        foreach (entry in handlers) _handle(entry[_state - 1], entry[2]);
    }

    function _handle(handler, next) {
        if (type(handler) != "function") {
            next._decided = true;
            return next._settle(_state, _value);
        }
        try {
            next._resolve(handler(_value));
        } catch (error) {
            next._reject(error);
        }
    }
}
`
