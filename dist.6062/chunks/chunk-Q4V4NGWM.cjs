"use strict";var __defProp=Object.defineProperty;var __getOwnPropDesc=Object.getOwnPropertyDescriptor;var __getOwnPropNames=Object.getOwnPropertyNames;var __hasOwnProp=Object.prototype.hasOwnProperty;var __export=(target,all)=>{for(var name in all)__defProp(target,name,{get:all[name],enumerable:!0})},__copyProps=(to,from,except,desc)=>{if(from&&typeof from=="object"||typeof from=="function")for(let key of __getOwnPropNames(from))!__hasOwnProp.call(to,key)&&key!==except&&__defProp(to,key,{get:()=>from[key],enumerable:!(desc=__getOwnPropDesc(from,key))||desc.enumerable});return to};var __toCommonJS=mod=>__copyProps(__defProp({},"__esModule",{value:!0}),mod);var stdin_exports={};__export(stdin_exports,{impUnitSource:()=>impUnitSource});module.exports=__toCommonJS(stdin_exports);var import_chunk_PR53Y5EL=require("./chunk-PR53Y5EL.cjs");(0,import_chunk_PR53Y5EL.init_define_IMPT_COVERAGE_ASSETS)();var impUnitSource=String.raw`#require "Promise.lib.nut:4.0.0"
#require "JSONEncoder.class.nut:2.0.0"

// Base class of test cases: assertions, notes, and commands for the computer that runs the tests.
class ImpTestCase {

    runner = null;
    session = null;

    // Writes a note to the log of the tests.
    function info(message = "") {
        runner._tell("INFO", {"message": message});
    }

    // Asks the computer that runs the tests to run a command.
    function runCommand(command = "") {
        runner._tell("EXTERNAL_COMMAND", {"command": command});
    }

    function assertTrue(condition, message = null) {
        _check(condition, message == null ? "Failed to assert that condition is true" : message);
    }

    function assertEqual(expected, actual, message = null) {
        _compare(expected == actual, message, "Expected value: %s, got: %s", [expected, actual]);
    }

    function assertGreater(actual, limit, message = null) {
        _compare(actual > limit, message, "Failed to assert that %s > %s", [actual, limit]);
    }

    function assertLess(actual, limit, message = null) {
        _compare(actual < limit, message, "Failed to assert that %s < %s", [actual, limit]);
    }

    function assertClose(expected, actual, difference, message = null) {
        local near = math.fabs(expected - actual) <= difference;
        _compare(near, message, "Expected value: %s±%s, got: %s", [expected, difference, actual]);
    }

    // The bounds belong to the range, and may come in either order.
    function assertBetween(actual, from, to, message = null) {
        local low = from < to ? from : to;
        local high = from < to ? to : from;
        local inside = actual >= low && actual <= high;
        _compare(inside, message, "Expected value the range of %s..%s, got %s", [low, high, actual]);
    }

    // Equal in structure: tables, arrays, classes and instances slot by slot, blobs byte by byte.
    function assertDeepEqual(expected, actual, message = null) {
        runner.assertions++;
        _deepEqual(expected, actual, message, "");
    }

    // The error that the function throws when it is called with a context and arguments.
    function assertThrowsError(action, context, arguments = [], message = null) {
        runner.assertions++;
        local call = [context];
        call.extend(arguments);
        try {
            action.acall(call);
        } catch (error) {
            return error;
        }
        throw message == null ? "Function was expected to throw an error" : message;
    }

    function _check(condition, message) {
        runner.assertions++;
        if (!condition) throw message;
    }

    function _compare(holds, message, text, values) {
        runner.assertions++;
        if (holds) return;
        if (message != null) throw message;
        local call = [this, text];
        foreach (value in values) call.push(_text(value));
        throw format.acall(call);
    }

    function _text(value) {
        return value == null ? "null" : value.tostring();
    }

    function _deepEqual(expected, actual, message, path) {
        local kind = type(expected);
        if (kind == "array" || kind == "table" || kind == "class") {
            if (type(actual) != kind) return _differ(expected, actual, message, path);
            foreach (key, value in expected) {
                local place = path == "" ? key.tostring() : path + "." + key;
                local present = kind == "array" ? key < actual.len() : key in actual;
                if (!present) throw message == null ? "Missing slot '" + place + "' in actual" : message;
                _deepEqual(value, actual[key], message, place);
            }
            foreach (key, value in actual) {
                local present = kind == "array" ? key < expected.len() : key in expected;
                if (present) continue;
                local place = path == "" ? key.tostring() : path + "." + key;
                throw message == null ? "Extra slot '" + place + "' in actual" : message;
            }
        } else if (typeof expected == "blob" && typeof actual == "blob") {
            if (!crypto.equals(expected, actual)) _differ(expected, actual, message, path);
        } else if (kind == "instance" && type(actual) == "instance" && expected != actual) {
            if (expected.getclass() != actual.getclass()) return _differ(expected, actual, message, path);
            foreach (key, value in expected.getclass()) {
                if (type(value) == "function") continue;
                _deepEqual(expected[key], actual[key], message, path == "" ? key : path + "." + key);
            }
        } else if (expected != actual) {
            _differ(expected, actual, message, path);
        }
    }

    function _differ(expected, actual, message, path) {
        if (message != null) throw message;
        throw format("Comparison failed on '%s': expected %s, got %s", path, _text(expected), _text(actual));
    }
}

// Runs the test cases at the root and tells about it in the log.
class ImpUnitRunner {

    // Settings: seconds for a test, lines for people instead of messages, whether the first failure ends the session, its name, and
    // the only class and the only method to run (empty for all).
    timeout = 2;
    readableOutput = true;
    stopOnFailure = false;
    session = null;
    testClass = "";
    testCase = "";

    // Results.
    tests = 0;
    assertions = 0;
    failures = 0;

    _steps = null;

    function run() {
        tests = 0;
        assertions = 0;
        failures = 0;
        _tell("SESSION_START", "");
        _steps = _plan();
        _next();
    }

    // What to run, in order: for each case setUp, its tests by name, tearDown.
    function _plan() {
        local steps = [];
        foreach (name, candidate in getroottable()) {
            if (!_isCase(candidate) || (_given(testClass) && name != testClass)) continue;
            local methods = _testsOf(candidate);
            if (methods.len() == 0) continue;
            local instance = candidate();
            instance.runner = this;
            instance.session = session;
            if ("setUp" in candidate) methods.insert(0, "setUp");
            if ("tearDown" in candidate) methods.push("tearDown");
            foreach (method in methods) steps.push({"instance": instance, "method": method, "title": name + "::" + method + "()"});
        }
        return steps;
    }

    function _given(name) {
        return name != null && name != "";
    }

    function _isCase(candidate) {
        if (type(candidate) != "class" || candidate == ImpTestCase) return false;
        for (local above = candidate.getbase(); above != null; above = above.getbase()) if (above == ImpTestCase) return true;
        return false;
    }

    function _testsOf(candidate) {
        local names = [];
        foreach (name, member in candidate) {
            if (type(member) != "function" || type(name) != "string" || name.len() < 4 || name.slice(0, 4) != "test") continue;
            if (!_given(testCase) || name == testCase) names.push(name);
        }
        names.sort();
        return names;
    }

    function _next() {
        if (_steps.len() == 0) return _finish();
        local step = _steps.remove(0);
        if (step.method.slice(0, 4) == "test") tests++;
        _tell("TEST_START", step.title);
        local begun = _seconds();
        local result = null;
        try {
            result = step.instance[step.method]();
        } catch (error) {
            return _failed(error, _place());
        }
        if (_isPromise(result)) return _await(result);
        local taken = _seconds() - begun;
        if (taken > timeout) return _failed("Test took " + taken + "s, longer than timeout of " + timeout + "s");
        _passed(result);
    }

    // By what it can do: code under test may bring a Promise of its own, or none at all.
    function _isPromise(result) {
        return type(result) == "instance" && "then" in result;
    }

    // Where the error that was just caught arose, in the code of the tests; only sandboxes know.
    function _place() {
        if (!("lasttrace" in imp)) return null;
        foreach (frame in imp.lasttrace()) if (frame.find("impUnit/") == null) return frame.slice(frame.find(":") + 1);
        return null;
    }

    // The outcome of a promise, or the failure of a test that takes too long, whatever comes first.
    function _await(promise) {
        local open = true;
        local alarm = imp.wakeup(timeout, function() {
            if (!open) return;
            open = false;
            _failed("Test timed out after " + timeout + "s");
        }.bindenv(this));
        promise.then(function(value = null) {
            if (!open) return;
            open = false;
            imp.cancelwakeup(alarm);
            _passed(value);
        }.bindenv(this), function(reason = null) {
            if (!open) return;
            open = false;
            imp.cancelwakeup(alarm);
            _failed(reason);
        }.bindenv(this));
    }

    function _passed(result) {
        _tell("TEST_OK", result);
        _later();
    }

    function _failed(reason, place = null) {
        failures++;
        _tell("TEST_FAIL", reason == null ? "null" : reason.tostring(), place);
        if (stopOnFailure) _steps = [];
        _later();
    }

    // From the event loop, so that many tests do not make a deep stack.
    function _later() {
        if ("collectgarbage" in getroottable()) collectgarbage();
        imp.wakeup(0, _next.bindenv(this));
    }

    function _finish() {
        _tell("SESSION_RESULT", {"tests": tests, "assertions": assertions, "failures": failures});
    }

    function _seconds() {
        return "hardware" in getroottable() ? hardware.millis() / 1000.0 : time();
    }

    function _tell(type, message, place = null) {
        if (readableOutput) return server.log(_readable(type, message) + (place == null ? "" : " (" + place + ")"));
        local told = {"__IMPUNIT__": 1, "type": type, "session": session, "message": message};
        if (place != null) told.place <- place;
        server.log(JSONEncoder.encode(told));
    }

    function _readable(type, message) {
        switch (type) {
            case "SESSION_RESULT":
                return "Tests: " + message.tests + ", Assertions: " + message.assertions + ", Failures: " + message.failures;
            case "INFO":
                return "Info: " + message.message;
            case "EXTERNAL_COMMAND":
                return "Command: " + message.command;
        }
        return type + (message == null || message == "" ? "" : ": " + message);
    }
}

__module_impUnit_exports <- {"ImpTestCase": ImpTestCase, "ImpUnitRunner": ImpUnitRunner};
`;0&&(module.exports={impUnitSource});
