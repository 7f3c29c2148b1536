"use strict";var __defProp=Object.defineProperty;var __getOwnPropDesc=Object.getOwnPropertyDescriptor;var __getOwnPropNames=Object.getOwnPropertyNames;var __hasOwnProp=Object.prototype.hasOwnProperty;var __export=(target,all)=>{for(var name in all)__defProp(target,name,{get:all[name],enumerable:!0})},__copyProps=(to,from,except,desc)=>{if(from&&typeof from=="object"||typeof from=="function")for(let key of __getOwnPropNames(from))!__hasOwnProp.call(to,key)&&key!==except&&__defProp(to,key,{get:()=>from[key],enumerable:!(desc=__getOwnPropDesc(from,key))||desc.enumerable});return to};var __toCommonJS=mod=>__copyProps(__defProp({},"__esModule",{value:!0}),mod);var stdin_exports={};__export(stdin_exports,{default:()=>develop_default});module.exports=__toCommonJS(stdin_exports);var import_chunk_477ZAGBT=require("./chunk-477ZAGBT.cjs"),develop_default=`# From an empty folder to a released build

Each step can be tried as it stands: \`--sandbox\` stands for the impCentral that is part of the program, and needs no login. With an account of your own log
in once (\`impt auth login\`) and leave it out. The lines between the blocks say what happens.

## A Product, a Device Group, two files

\`\`\`bash
impt --sandbox project create --product Blinker --create-product --name "Blinker Dev" --device-file device.nut --agent-file agent.nut --confirmed
impt --sandbox device assign --device "Pump Prototype" --dg "Blinker Dev" --confirmed
\`\`\`

The folder has a Project file now, \`.impt.project\`, so that later commands need no \`--dg\`. Write the code, one side in each file, and what both share
in a third. \`@include\` is the Builder language; \`project update --preprocess\` turns it on for this Project.

\`\`\`bash
cat > shared.nut <<'END'
const MESSAGE = "blink";
END
cat > device.nut <<'END'
@include "shared.nut";
count <- 0;
function blink() {
    count++;
    agent.send(MESSAGE, count);
    return count;
}
blink();
END
cat > agent.nut <<'END'
@include "shared.nut";
device.on(MESSAGE, @(count) server.log("blinked " + count));
END
impt --sandbox project update --preprocess
impt squirrel check device.nut agent.nut
\`\`\`

## The daily loop

\`\`\`text
impt --sandbox build run --watch --log
\`\`\`

saves to log lines: each save is one build, however your editor saves, errors name the file and line that you wrote, and Ctrl-C ends it. In pieces, without
watching:

\`\`\`bash
impt --sandbox build run
impt squirrel run device.nut --agent-file agent.nut
\`\`\`

\`squirrel run\` needs no cloud at all; \`impt squirrel\` is a prompt for one line at a time.

## Tests

\`\`\`bash
mkdir -p tests
cat > tests/blink.test.nut <<'END'
class Blink extends ImpTestCase {
    function testCounts() {
        local before = count;
        this.assertEqual(before + 1, blink());
    }
}
END
impt --sandbox test create --dg "Blinker Dev" --device-file device.nut --test-file "tests/*.test.nut" --confirmed
impt --sandbox test run --report junit=reports/impt.xml
\`\`\`

A failed test gives exit code 1; \`impt help ci\` tells of pipelines.

## A release

A build is frozen with a tag and a flag, which keeps it from being deleted, and copied to the group of the devices in the field.

\`\`\`bash
impt --sandbox build deploy --tag blinker-1.0 --flagged true --descr "First release"
impt --sandbox dg create --name "Blinker Field" --dg-type production --product Blinker
impt --sandbox build copy --build blinker-1.0 --dg "Blinker Field" --all
impt --sandbox dg info --dg "Blinker Field"
\`\`\`

\`impt dg restart --dg "Blinker Field" --conditional\` lets devices take it when it suits them. To go back, copy the build of before again.
`;
