// Answers the device, and whoever asks at the agent's URL.
device.on("hello", function(who) {
    server.log("device " + who.id + " is here")
    device.send("welcome", "good to see you")
})

http.onrequest(function(request, response) {
    response.send(200, "hello from the agent\n")
})
