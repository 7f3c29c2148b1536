agent.on("echo", @(data) agent.send("echo", data));
