// Greets its agent and counts to three.
agent.on("welcome", function(text) {
    server.log("agent says: " + text)
})

agent.send("hello", { id = hardware.getdeviceid() })

local count = 0
function tick() {
    server.log("tick " + (++count))
    if (count < 3) imp.wakeup(1, tick)
}
tick()
