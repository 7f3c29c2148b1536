"use strict";var __defProp=Object.defineProperty;var __getOwnPropDesc=Object.getOwnPropertyDescriptor;var __getOwnPropNames=Object.getOwnPropertyNames;var __hasOwnProp=Object.prototype.hasOwnProperty;var __export=(target,all)=>{for(var name in all)__defProp(target,name,{get:all[name],enumerable:!0})},__copyProps=(to,from,except,desc)=>{if(from&&typeof from=="object"||typeof from=="function")for(let key of __getOwnPropNames(from))!__hasOwnProp.call(to,key)&&key!==except&&__defProp(to,key,{get:()=>from[key],enumerable:!(desc=__getOwnPropDesc(from,key))||desc.enumerable});return to};var __toCommonJS=mod=>__copyProps(__defProp({},"__esModule",{value:!0}),mod);var stdin_exports={};__export(stdin_exports,{bytes:()=>bytes,checkedModel:()=>checkedModel,course:()=>course,curlCodes:()=>curlCodes,describedModel:()=>describedModel,downloadText:()=>downloadText,errorEntries:()=>errorEntries,failureOf:()=>failureOf,findMock:()=>findMock,frameText:()=>frameText,hex:()=>hex,isRecord:()=>isRecord,list:()=>list,lostFailure:()=>lostFailure,map:()=>map,modelText:()=>modelText,number:()=>number,refusal:()=>refusal,shape:()=>shape,sleepText:()=>sleepText,text:()=>text,texts:()=>texts,wrong:()=>wrong});module.exports=__toCommonJS(stdin_exports);var import_chunk_2T7UMTP2=require("./chunk-2T7UMTP2.cjs"),import_chunk_PR53Y5EL=require("./chunk-PR53Y5EL.cjs");(0,import_chunk_PR53Y5EL.init_define_IMPT_COVERAGE_ASSETS)();var mostFrames=16;function failureOf(error,side,callback,fn,allowed){let reason=error instanceof import_chunk_2T7UMTP2.SqAbort?error.reason:"error",place=fn?.info?{file:fn.info.file,line:fn.info.line}:null,frames=(0,import_chunk_2T7UMTP2.framesOf)(error).slice(0,mostFrames),who=callerText(callback,place),message=reason==="error"?error.message:reason==="ticks"?`${who} took more than ${(0,import_chunk_2T7UMTP2.groups)(allowed.ticks)} ticks`:`${who} needs more than ${allowed.memory>>20} MB: out of memory`;return{side,reason,callback,place,message,frames}}function lostFailure(side,reason,seconds){let message=reason==="memory"?`the ${side} is out of memory`:`the ${side} made no progress for ${seconds} s`;return{side,reason,callback:"",place:null,message,frames:[]}}function callerText(callback,place){return callback==="main"?"the main program":`the callback of ${callback}${place===null?"":` (${place.file}:${place.line})`}`}function frameText({name,file,line}){return`  at ${name}:${file}:${line}`}(0,import_chunk_PR53Y5EL.init_define_IMPT_COVERAGE_ASSETS)();var curlCodes={refused:7,timedOut:28,badUrl:3};function findMock(mocks,request){return mocks.find(mock=>(mock.method===void 0||mock.method.toUpperCase()===request.method.toUpperCase())&&(mock.url.endsWith("*")?request.url.startsWith(mock.url.slice(0,-1)):request.url===mock.url))}function refusal(url){let body=`request to ${url} refused: no mock answers it and its host is not allowed`;return{status:curlCodes.refused,headers:{},body}}(0,import_chunk_PR53Y5EL.init_define_IMPT_COVERAGE_ASSETS)();var number=(value,path)=>{if(typeof value!="number"||!Number.isFinite(value))throw wrong(path,"a number")},hex=(value,path)=>{if(typeof value!="string"||!/^(?:\s*[0-9a-fA-F]{2})*\s*$/.test(value))throw wrong(path,"bytes as pairs of hex digits")},text=(value,path)=>{if(typeof value!="string")throw wrong(path,"a text")},course=(value,path)=>{typeof value=="number"?number(value,path):list(shape({at:number,value:number},["at","value"]))(value,path)},bytes=(value,path)=>{isRecord(value)&&"text"in value?shape({text},["text"])(value,path):shape({hex},["hex"])(value,path)};function choice(values){return(value,path)=>{if(!values.includes(value))throw wrong(path,values.map(one=>JSON.stringify(one)).join(" or "))}}function shape(members,required){return(value,path)=>{if(!isRecord(value))throw wrong(path,"an object");for(let[name,member]of Object.entries(value)){let check=Object.hasOwn(members,name)?members[name]:void 0;if(!check)throw new Error(`There is an unknown member "${name}" at ${path}; known are ${Object.keys(members).join(", ")}`);check(member,`${path}.${name}`)}for(let name of required)if(!Object.hasOwn(value,name))throw wrong(path,`an object with "${name}"`)}}function oneOf(expected,shapes){return(value,path)=>{let kind=isRecord(value)?Object.keys(shapes).find(name=>Object.hasOwn(value,name)):void 0;if(kind===void 0)throw wrong(path,expected);shapes[kind]?.(value,path)}}function map(member,key=()=>{}){return(value,path)=>{if(!isRecord(value))throw wrong(path,"an object");for(let[name,one]of Object.entries(value))key(name,path),member(one,`${path}.${name}`)}}function list(item){return(value,path)=>{if(!Array.isArray(value))throw wrong(path,"a list");for(let[at,one]of value.entries())item(one,`${path}[${at}]`)}}function isRecord(value){return typeof value=="object"&&value!==null&&!Array.isArray(value)}function wrong(path,expected){return new Error(`There must be ${expected} at ${path}`)}(0,import_chunk_PR53Y5EL.init_define_IMPT_COVERAGE_ASSETS)(),(0,import_chunk_PR53Y5EL.init_define_IMPT_COVERAGE_ASSETS)();var registerName=(name,path)=>{if(!/^[0-9a-fA-F]{2,4}$/.test(name))throw wrong(path,"names of two or four hex digits")},steps=(value,path)=>list(step)(value,path),step=oneOf('a step: "set" and "value", "pin" and "level", "send", or "after" and "do"',{set:shape({set:hex,value:hex},["set","value"]),pin:shape({pin:(name,path)=>pinName(name,path),level:choice([0,1])},["pin","level"]),send:shape({send:bytes},["send"]),after:shape({after:number,do:steps},["after","do"])}),trigger=oneOf('what sets it off: "write", "command" or "receive"',{write:shape({write:hex,bits:hex,do:steps},["write","do"]),command:shape({command:hex,do:steps},["command","do"]),receive:shape({receive:bytes,do:steps},["receive","do"])}),register=shape({value:hex,queue:list(hex),course,scale:number,bytes:choice([1,2,3,4]),order:choice(["big","little"]),access:choice(["r","w","rw"]),mask:hex},[]),description=shape({model:choice([1]),registers:map((value,path)=>isRecord(value)?register(value,path):hex(value,path),registerName),increment:choice(["always","never","bit6","bit7"]),addressBytes:choice([1,2]),readBit:hex,start:steps,on:list(trigger)},["model"]);function pinName(value,path){if(typeof value!="string"||!/^pin[0-9A-Z]+$/.test(value))throw wrong(path,"the name of a pin, such as pinW")}function describedModel(name,text2){let value;try{value=JSON.parse(text2)}catch(error){throw new Error(`The model ${name} is no JSON: ${error.message}`,{cause:error})}return description(value,name),value}(0,import_chunk_PR53Y5EL.init_define_IMPT_COVERAGE_ASSETS)();var lis3dh_default={model:1,increment:"bit7",registers:{"0F":{value:"33",access:"r"},"1E":"10",20:"07",21:"00",22:"00",23:"00",24:"00",25:"00",26:"00",27:{value:"0F",access:"r"},28:{course:0,scale:16e3,bytes:2,order:"little",access:"r"},"2A":{course:0,scale:16e3,bytes:2,order:"little",access:"r"},"2C":{course:1,scale:16e3,bytes:2,order:"little",access:"r"},"2E":"00","2F":{value:"20",access:"r"},30:"00",31:{value:"00",access:"r"},32:"00",33:"00"},on:[{write:"24",bits:"80",do:[{after:.005,do:[{set:"24",value:"00"}]}]}]},modem_default={model:1,start:[{after:.5,do:[{send:{text:"RDY\\r\\n"}}]}],on:[{receive:{text:"AT+CSQ\\r"},do:[{after:.02,do:[{send:{text:"\\r\\n+CSQ: 21,0\\r\\n\\r\\nOK\\r\\n"}}]}]},{receive:{text:"AT+CREG?\\r"},do:[{after:.02,do:[{send:{text:"\\r\\n+CREG: 0,1\\r\\n\\r\\nOK\\r\\n"}}]}]},{receive:{text:"AT+CGSN\\r"},do:[{after:.02,do:[{send:{text:"\\r\\n359000000000001\\r\\n\\r\\nOK\\r\\n"}}]}]},{receive:{text:"ATE0\\r"},do:[{after:.01,do:[{send:{text:"\\r\\nOK\\r\\n"}}]}]},{receive:{text:"ATZ\\r"},do:[{after:1,do:[{send:{text:"\\r\\nOK\\r\\n"}}]}]},{receive:{text:"AT\\r"},do:[{after:.01,do:[{send:{text:"\\r\\nOK\\r\\n"}}]}]}]},spi_flash_default=`// An SPI flash. Options: size (bytes, 65536), busy (seconds that writing takes, 0.003).
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
`,tmp102_default=`// A TMP102 thermometer. Options: celsius (21.5), drift (degrees a second, 0), alert (the pin on its ALERT line).
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
`,json=value=>`${JSON.stringify(value,null,2)}
`,shipped={lis3dh:{name:"lis3dh.json",summary:"A LIS3DH accelerometer on I2C (30 or 32): identity, control registers and three axes in g.",text:json(lis3dh_default)},tmp102:{name:"tmp102.nut",summary:"A TMP102 thermometer on I2C (90): temperature (celsius, drift a second), limits, and a pin that warns (alert).",text:tmp102_default},modem:{name:"modem.json",summary:"A modem on a serial port: answers AT, ATE0, AT+CSQ, AT+CREG?, AT+CGSN and ATZ.",text:json(modem_default)},"spi-flash":{name:"spi-flash.nut",summary:"An SPI flash (size in bytes, busy in seconds): identity, read, page program, erase, write enable, busy time.",text:spi_flash_default}};function shippedModel(name){let key=name.toLowerCase();return Object.hasOwn(shipped,key)?shipped[key]:void 0}function shippedModels(){return Object.keys(shipped)}function checkedModel(use,path){let kind=/^(i2c|spi|uart)[0-9A-Z]+$/.exec(use.bus)?.[1];if(kind===void 0)throw wrong(`${path}.bus`,"a bus, such as i2cJK, spi257 or uart12");if(kind==="i2c"!=(use.address!==void 0))throw wrong(path,kind==="i2c"?'an "address" for a model on an I2C bus':'no "address" on this bus');if(use.address!==void 0&&!/^[0-9a-fA-F]{2}$/.test(use.address))throw wrong(`${path}.address`,"two hex digits");if(use.chipSelect!==void 0){if(kind!=="spi")throw wrong(path,'"chipSelect" for models on an SPI bus only');pinName(use.chipSelect,`${path}.chipSelect`)}let{name,text:text2}=modelText(use,path);name.endsWith(".nut")||describedModel(name,text2)}function modelText({use,source},path){let shipped2=shippedModel(use);if(source===void 0&&shipped2!==void 0)return shipped2;if(!/\.(?:json|nut)$/.test(use))throw wrong(`${path}.use`,`a file that ends in .json or .nut, or one of the models ${shippedModels().join(", ")},`);if(source===void 0)throw wrong(path,`the text of ${use} in "source"`);return{name:use,text:source}}(0,import_chunk_PR53Y5EL.init_define_IMPT_COVERAGE_ASSETS)();var texts={agentRestarted:"Agent restarted: reload.",connected:"Device connected",disconnected:"Device disconnected",outOfMemory:"out of memory",watchdog:"watchdog",noHandler:{device:"ERROR: no handler for device.send()",agent:"ERROR: no handler for agent.send()"},noHttpHandler:"No http handlers have been registered",agentError:"Internal Agent Error",noResponse:"Agent did not respond in time"};function downloadText(used){let share=`${used.toFixed(2)}% program storage used`;return used>100?`Out of space; ${share}`:`Downloading new code; ${share}`}function errorEntries({reason,message,frames}){return[reason==="memory"?texts.outOfMemory:message,...frames.map(frameText)].map(line=>`ERROR: ${line}`)}function sleepText(seconds){return`sleeping for ${seconds} seconds`}0&&(module.exports={bytes,checkedModel,course,curlCodes,describedModel,downloadText,errorEntries,failureOf,findMock,frameText,hex,isRecord,list,lostFailure,map,modelText,number,refusal,shape,sleepText,text,texts,wrong});
