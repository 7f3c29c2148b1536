const DEVICE = `// Runs on the device: it greets its agent every ten seconds, and logs what the agent answers.

greetings <- 0;

function greet() {
    greetings++;
    agent.send("greeting", greetings);
    imp.wakeup(10, greet);
}

agent.on("answer", function(text) {
    server.log("The agent answers: " + text);
});

greet();
`

const AGENT = `// Runs in the cloud, one for each device: it logs each greeting and answers it.

device.on("greeting", function(number) {
    server.log("Greeting " + number + " from the device");
    device.send("answer", "hello, number " + number);
});
`

const SHARED = `// Both sides include this file.

const GREETING = "greeting";
const ANSWER = "answer";
`

/** Both sides with the names of their messages in a file that both include. */
const withShared = (text: string): string =>
  `@include "shared.nut"\n\n${text.replaceAll('"greeting"', 'GREETING').replaceAll('"answer"', 'ANSWER')}`

/** Programs to begin with: a device and an agent that talk with each other. */
export const EXAMPLES = {
  plain: { preprocess: false, files: { 'device.nut': DEVICE, 'agent.nut': AGENT } },
  builder: {
    preprocess: true,
    files: { 'device.nut': withShared(DEVICE), 'agent.nut': withShared(AGENT), 'shared.nut': SHARED },
  },
} as const

export type ExampleName = keyof typeof EXAMPLES
