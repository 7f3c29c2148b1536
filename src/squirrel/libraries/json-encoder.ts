/** A JSON encoder in Squirrel with the interface of version 2.0 of the platform's library; runs on real devices as well. */
export const jsonEncoder = String.raw`
// JSONEncoder.encode(value): compact JSON. An instance may have _serializeRaw(), whose text is taken as it is, or _serialize(), whose
// result is encoded; otherwise its fields are written.
class JSONEncoder {

    static VERSION = "2.0.0";
    static DEEPEST = 32;

    static function encode(value) {
        return JSONEncoder._encode(value, 0);
    }

    static function _encode(value, depth) {
        if (depth > JSONEncoder.DEEPEST) throw "Possible circular reference";
        switch (type(value)) {
            case "null":
                return "null";
            case "bool":
            case "integer":
            case "float":
                return value.tostring();
            case "string":
                return JSONEncoder._quote(value);
            case "array":
                local items = [];
                foreach (item in value) items.push(JSONEncoder._encode(item, depth + 1));
                return "[" + JSONEncoder._join(items) + "]";
            case "table":
                return JSONEncoder._slots(value, depth, @(key) value[key]);
            case "class":
                return JSONEncoder._slots(value, depth, @(key) value[key]);
            case "meta":
            case "instance":
                return JSONEncoder._instance(value, depth);
        }
        return JSONEncoder._quote(value.tostring());
    }

    static function _instance(value, depth) {
        if ("_serializeRaw" in value && type(value._serializeRaw) == "function") return value._serializeRaw().tostring();
        if ("_serialize" in value && type(value._serialize) == "function") {
            return JSONEncoder._encode(value._serialize(), depth + 1);
        }
        if (typeof value == "blob") return JSONEncoder._quote(JSONEncoder._bytes(value));
        local slots = null;
        try {
            slots = {};
            foreach (key, item in value) slots[key] <- item;
        } catch (error) {
            return JSONEncoder._slots(value.getclass(), depth, @(key) value[key]);
        }
        return JSONEncoder._slots(slots, depth, @(key) slots[key]);
    }

    static function _slots(container, depth, valueOf) {
        local items = [];
        foreach (key, unused in container) {
            local value = valueOf(key);
            if (type(value) == "function") continue;
            items.push(JSONEncoder._quote(key.tostring()) + ":" + JSONEncoder._encode(value, depth + 1));
        }
        return "{" + JSONEncoder._join(items) + "}";
    }

    static function _join(items) {
        local text = "";
        foreach (place, item in items) text += (place == 0 ? "" : ",") + item;
        return text;
    }

    static function _bytes(data) {
        local text = "";
        foreach (byte in data) text += byte.tochar();
        return text;
    }

    static function _quote(text) {
        local result = "\"";
        local from = 0;
        for (local at = 0; at < text.len(); at++) {
            local code = text[at] & 0xff;
            local plain = code >= 0x20 && code != '"' && code != '\\' && code != '/';
            if (plain && code < 0x80) continue;
            local size = plain ? JSONEncoder._sequence(text, at) : 0;
            if (size > 0) {
                at += size - 1;
                continue;
            }
            result += text.slice(from, at) + JSONEncoder._escape(code);
            from = at + 1;
        }
        return result + text.slice(from) + "\"";
    }

    static function _escape(code) {
        switch (code) {
            case '"': return "\\\"";
            case '\\': return "\\\\";
            case '/': return "\\/";
            case '\n': return "\\n";
            case '\r': return "\\r";
            case '\t': return "\\t";
            case 8: return "\\b";
            case 12: return "\\f";
        }
        return format("\\u%04x", code);
    }

    // Length of the UTF-8 sequence at a place, 0 if there is none.
    static function _sequence(text, at) {
        local first = text[at] & 0xff;
        local size = (first & 0xe0) == 0xc0 ? 2 : (first & 0xf0) == 0xe0 ? 3 : (first & 0xf8) == 0xf0 ? 4 : 0;
        if (size == 0 || at + size > text.len()) return 0;
        for (local next = 1; next < size; next++) if ((text[at + next] & 0xc0) != 0x80) return 0;
        return size;
    }
}
`
